import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TargetSource } from '../config.ts'
import type { TargetEnvironment } from '../target/environment.ts'
import { isRemote } from './start-target.ts'
import type { StripeSide } from './stripe-side.ts'

/** How long a target is to wait for a body, in milliseconds: short, since one check waits as long. */
const BODY_TIMEOUT_MS = 1_000

/** What one target is told when it starts: secrets and a folder that no other has. Its log lines are added to `logs`. */
export async function createEnvironment(
  variant: string,
  stripe: StripeSide | undefined,
  logs: string[],
): Promise<TargetEnvironment> {
  return {
    port: 0,
    dataDirectory: await mkdtemp(join(tmpdir(), 'conformance-')),
    stripeApiBase: stripe?.apiBase ?? 'http://127.0.0.1:9',
    stripeSecretKey: `sk_test_${randomBytes(12).toString('hex')}`,
    webhookSecrets: [stripe?.webhookSecret ?? newSecret(), newSecret()],
    token: randomBytes(16).toString('hex'),
    variant,
    bodyTimeoutMs: BODY_TIMEOUT_MS,
    log: (line) => {
      logs.push(line)
    },
  }
}

/** What must not stand in any report. */
export function secretsOf(
  source: TargetSource,
  { token, webhookSecrets, stripeSecretKey }: TargetEnvironment,
): readonly string[] {
  return isRemote(source)
    ? [source.token, ...source.webhookSecrets]
    : [token, ...webhookSecrets, stripeSecretKey]
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`
}

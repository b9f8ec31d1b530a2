// Core where there is no Node: the suite's checks on signatures, and its vectors, in Bun, in
// Deno and in workerd, with each of the two ways to hash that the runtime has.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../conformance/src/runner/free-port.ts'
import { paidInvoice, signatureOf } from '../example-app.ts'
import { userEnvironment } from '../user-environment.ts'
import { type Consumer, createConsumer, run } from './consumer.ts'

const DENO = [
  'deno run --cached-only --no-prompt --node-modules-dir=manual',
  // Core would read NODE_ENV, and does without.
  '--allow-net=127.0.0.1 --allow-env=CONFORMANCE_TOKEN,PORT,STRIPE_WEBHOOK_SECRETS',
].join(' ')

/** Bun and Deno once with what they resolve by themselves, once with the bundle, which has only Web Crypto. */
const runtimes = [
  { name: 'bun', framework: 'bun', hashing: 'node', command: 'bun --no-install bun.js' },
  {
    name: 'bun-web',
    framework: 'bun',
    hashing: 'web',
    command: 'bun --no-install bundled/bun.js',
  },
  { name: 'deno', framework: 'deno', hashing: 'node', command: `${DENO} deno.js` },
  {
    name: 'deno-web',
    framework: 'deno',
    hashing: 'web',
    command: `${DENO} bundled/deno.js`,
  },
  {
    name: 'workerd',
    framework: 'cloudflare-workers',
    hashing: 'web',
    command: 'workerd serve workerd.capnp --socket-addr http=127.0.0.1:$PORT',
  },
] as const

/** What is asked only where a body parser ran first. */
const asksOfParsers = [
  'webhook.signature.lossy-kept-body-refused',
  'webhook.signature.lost-bytes-fail-loudly',
]

/** The suite's exit code for good checks without stripe-mock, which these do not need. */
const INCOMPLETE = 3

interface Report {
  readonly profile: string
  readonly targets: readonly {
    readonly framework: string
    readonly checks: readonly { readonly id: string; readonly outcome: string }[]
  }[]
}

interface Vector {
  readonly id: string
  readonly secrets: readonly string[]
  readonly expected: 'accept' | 'reject'
}

let consumer: Consumer
let environment: Readonly<Record<string, string>>

beforeAll(async () => {
  consumer = await createConsumer('runtimes', {
    '.bin/bun': 'bun/bin/bun.exe',
    '.bin/deno': 'deno/deno',
    '.bin/workerd': 'workerd/bin/workerd',
    ajv: 'ajv',
    commander: 'commander',
    qs: 'qs',
    stripe: 'stripe-23',
    yaml: 'yaml',
  })
  environment = {
    // Nothing is left in the home folder.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0',
    DENO_DIR: join(consumer.folder, 'deno-cache'),
    DENO_NO_UPDATE_CHECK: '1',
    PATH: `${join(consumer.folder, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  }
  // As wrangler does it. What is there only in Node does not resolve.
  await build({
    absWorkingDir: consumer.folder,
    entryPoints: ['bun.js', 'deno.js', 'worker.js'],
    bundle: true,
    conditions: ['workerd', 'worker', 'browser'],
    format: 'esm',
    logLevel: 'silent',
    outdir: 'bundled',
    platform: 'neutral',
  })
})

afterAll(() => consumer.remove())

function suiteFile(file: string): string {
  return join(consumer.folder, 'node_modules/@countersign/conformance', file)
}

it.each(['bun.js', 'deno.js', 'worker.js'])(
  'the bundle of %s imports nothing from Node',
  async (file) => {
    const bundle = await readFile(join(consumer.folder, 'bundled', file), 'utf8')
    expect(bundle).toContain('crypto.subtle.importKey')
    expect(bundle).not.toMatch(/['"]node:/)
  },
)

describe.concurrent.each(runtimes)('$name', ({ name, framework, hashing, command }) => {
  it('passes the checks on signatures', async ({ expect }) => {
    const file = join(consumer.folder, `report-${name}.json`)
    const { exitCode, output } = await run(
      consumer.folder,
      process.execPath,
      [
        suiteFile('dist/src/cli.js'),
        'run',
        '--command',
        command,
        '--only',
        'webhook.signature.*',
        '--stripe-mock',
        'off',
        '--reporter',
        `terminal,json=${file}`,
      ],
      environment,
    )
    expect(exitCode, output).toBe(INCOMPLETE)
    const report: Report = JSON.parse(await readFile(file, 'utf8'))
    const [target] = report.targets
    expect(target?.framework, output).toBe(framework)
    const outcomes = target?.checks.map(({ id, outcome }) => `${outcome} ${id}`).sort()
    const profile = await readFile(suiteFile(`profiles/${report.profile}.json`), 'utf8')
    const ids = Object.keys(JSON.parse(profile).levels).filter(
      (id) => id.startsWith('webhook.signature.') && !asksOfParsers.includes(id),
    )
    expect(ids).not.toEqual([])
    expect(outcomes, output).toEqual(ids.map((id) => `passed ${id}`).sort())
  })

  it('judges the vectors, and imports each key once', async ({ expect }) => {
    const source = await readFile(suiteFile('fixtures/vectors.json'), 'utf8')
    const { vectors }: { vectors: readonly Vector[] } = JSON.parse(source)
    const secret = 'whsec_cnVudGltZXM='
    const answers = await whileRunning(command, secret, async (url) => {
      const posts = Array.from({ length: 8 }, async (_, index) => {
        const body = paidInvoice(`in_${index}`)
        const headers = { 'stripe-signature': signatureOf(body, secret) }
        return fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body })
      })
      const responses = await Promise.all(posts)
      const judged = await fetch(`${url}/vectors`, { method: 'POST', body: source })
      return {
        statuses: responses.map(({ status }) => status),
        judged: await judged.json(),
      }
    })
    const secrets = new Set(vectors.flatMap((vector) => vector.secrets))
    const isWeb = hashing === 'web'
    expect(answers).toEqual({
      statuses: Array(8).fill(200),
      judged: {
        verdicts: Object.fromEntries(vectors.map(({ id, expected }) => [id, expected])),
        isAsynchronous: isWeb,
        // That of the billing, and those of the vectors.
        importedKeys: isWeb ? 1 + secrets.size : 0,
      },
    })
  })
})

const START_MS = 15_000

/** Runs a command of the consumer's for as long as its server is used. */
async function whileRunning<T>(
  command: string,
  secret: string,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const port = await freePort()
  const child = spawn(untilInputEnds(command), {
    cwd: consumer.folder,
    env: userEnvironment({
      ...environment,
      CONFORMANCE_TOKEN: 'unused',
      PORT: String(port),
      STRIPE_WEBHOOK_SECRETS: secret,
    }),
    shell: true,
  })
  const exited = once(child, 'exit')
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  try {
    const url = `http://127.0.0.1:${port}`
    const deadline = Date.now() + START_MS
    while (!(await isUp(url))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${command} did not start. It printed:\n${printed}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return await use(url)
  } finally {
    child.stdin.end()
    await exited
  }
}

/** The input ends with the test or with whatever kills its process, so no server outlives that. */
function untilInputEnds(command: string): string {
  return `exec 3<&0; ${command} & server=$!; { read _ <&3; kill -9 $server; } & wait $server`
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    await response.arrayBuffer()
    return true
  } catch {
    return false
  }
}

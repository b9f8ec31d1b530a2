import type { RawRequester } from '../events/event-notification.ts'
import { systemClock } from '../runtime/clock.ts'
import { type Logger, silentLogger, withoutThrowing } from '../runtime/logger.ts'
import { createSignatureKey } from '../signature/verify-signature.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { createReceiver } from '../webhooks/receive.ts'
import type { Billing } from './billing.ts'
import { checkSecretKey } from './check-secret-key.ts'
import { checkWebhookSecrets } from './check-webhook-secrets.ts'
import { createHandlerTable } from './handler-table.ts'
import { misconfigured } from './misconfigured.ts'
import type { BillingOptions, StripeClient } from './options.ts'
import type { Settings } from './settings.ts'

/**
 * Makes the billing of an application from its options, or refuses to.
 *
 * @throws BillingError `configuration_invalid`, with what to change, for options that
 *   cannot work or would not be safe.
 */
export function createBilling<Tx extends TransactionKind>(
  options: BillingOptions<Tx>,
): Billing<Tx> {
  const settings = toSettings(options)
  return {
    mode: settings.mode,
    store: settings.store,
    webhooks: { receive: createReceiver(settings) },
  }
}

function toSettings<Tx extends TransactionKind>(
  options: BillingOptions<Tx>,
): Settings<Tx> {
  if (typeof options !== 'object' || options === null) {
    throw misconfigured(
      'it was called without options. It needs mode, webhookSecrets and store.',
    )
  }
  const { mode, store, stripe, logger: givenLogger = silentLogger } = options
  if (mode !== 'test' && mode !== 'live') {
    throw misconfigured(
      `mode is ${typeof mode === 'string' ? JSON.stringify(mode) : typeof mode}. Write mode: 'test', or mode: 'live' where real money moves.`,
    )
  }
  if (!hasMethods(store, ['claim', 'record', 'commit', 'release'])) {
    throw misconfigured(
      'store is missing, or lacks one of the methods of Store. Give one that survives a restart; for tests write store: memoryStore().',
    )
  }
  if (!hasMethods(givenLogger, ['debug', 'info', 'warn', 'error'])) {
    throw misconfigured(
      'logger lacks one of the methods debug, info, warn and error. Write logger: console, or leave it out.',
    )
  }
  const logger = withoutThrowing(givenLogger)
  const { clock = systemClock, random = Math.random } = options
  if (!hasMethods(clock, ['now', 'setTimeout', 'clearTimeout'])) {
    throw misconfigured(
      'clock lacks one of the methods now, setTimeout and clearTimeout.',
    )
  }
  if (typeof random !== 'function') throw misconfigured('random is not a function.')
  const { foreignEvents = 'set-aside', signatureHashing = 'hmac', onRejected } = options
  if (foreignEvents !== 'set-aside' && foreignEvents !== 'refuse') {
    throw misconfigured('foreignEvents is neither "set-aside" nor "refuse".')
  }
  if (signatureHashing !== 'hmac' && signatureHashing !== 'one-shot') {
    throw misconfigured('signatureHashing is neither "hmac" nor "one-shot".')
  }
  if (onRejected !== undefined && typeof onRejected !== 'function') {
    throw misconfigured('onRejected is not a function.')
  }
  const secrets = checkWebhookSecrets(options.webhookSecrets, mode)
  checkSecretKey(stripe, mode)
  checkEnvironment(options, logger)
  if (!store.durable) {
    logger.warn(
      'the store keeps everything in memory: after a restart, or in a second process, an event acts again',
    )
  }
  return {
    mode,
    keys: Array.from(secrets.keys(), (secret) =>
      createSignatureKey(secret, { hashing: signatureHashing }),
    ),
    bindings: [...secrets.values()],
    foreignEvents,
    store,
    handlersOf: createHandlerTable(options),
    onRejected,
    client: canFetch(stripe) ? stripe : undefined,
    apiVersion:
      stripe !== undefined && 'webhooks' in stripe ? versionOf(stripe) : undefined,
    limits: {
      bodyBytes: positive('limits.bodyBytes', options.limits?.bodyBytes ?? 1_048_576),
      bodyTimeoutMs: timeout(
        'limits.bodyTimeoutMs',
        options.limits?.bodyTimeoutMs ?? 10_000,
      ),
    },
    toleranceSeconds: positive('toleranceSeconds', options.toleranceSeconds ?? 300),
    handlerTimeoutMs: timeout('handlerTimeoutMs', options.handlerTimeoutMs ?? 60_000),
    logger,
    clock,
    random,
  }
}

function checkEnvironment<Tx extends TransactionKind>(
  { mode, allowLiveOutsideProduction }: BillingOptions<Tx>,
  logger: Logger,
): void {
  const environment = nodeEnvironment()
  const isOutside = environment === 'development' || environment === 'test'
  if (mode === 'live' && isOutside && allowLiveOutsideProduction !== true) {
    throw misconfigured(
      `mode is "live" and NODE_ENV is "${environment}". Use test keys there; if real money is what you want, set allowLiveOutsideProduction: true.`,
    )
  }
  if (mode === 'test' && environment === 'production') {
    logger.warn(
      'mode is "test" and NODE_ENV is "production": no real payment will be seen',
    )
  }
}

function nodeEnvironment(): string | undefined {
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } }
  try {
    return process?.env?.NODE_ENV
  } catch {
    // Deno, without the permission to read it.
    return undefined
  }
}

/** For options that come from plain JavaScript, where no type has looked at them. */
function hasMethods(value: unknown, names: readonly string[]): boolean {
  const methods = value as Readonly<Record<string, unknown>> | null | undefined
  return names.every((name) => typeof methods?.[name] === 'function')
}

function canFetch(stripe: unknown): stripe is RawRequester {
  return hasMethods(stripe, ['rawRequest'])
}

/** Zero, a negative number or NaN would quietly switch a protection off. */
function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw misconfigured(`${name} is ${value}. It must be a number above 0.`)
}

/** A timer that is set for longer fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

function timeout(name: string, value: number): number {
  if (positive(name, value) <= LONGEST_TIMEOUT_MS) return value
  throw misconfigured(
    `${name} is ${value}. It must be at most ${LONGEST_TIMEOUT_MS}, which is 24 days.`,
  )
}

/** Every supported major has `getApiField`; its declarations name it from 22 on. */
function versionOf(client: StripeClient): string | undefined {
  const { getApiField } = client as { getApiField?: (name: string) => unknown }
  const version = getApiField?.call(client, 'version')
  return typeof version === 'string' ? version : undefined
}

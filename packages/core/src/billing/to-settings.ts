import type { RawRequester } from '../events/event-notification.ts'
import {
  type MirrorSync,
  noMirror,
  syncByEvent,
  syncByRefetch,
} from '../mirror/mirror-sync.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { silentLogger, withoutThrowing } from '../runtime/logger.ts'
import { createSignatureKey } from '../signature/verify-signature.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { checkEnvironment } from './check-environment.ts'
import { positive, timeout, wholeAbove0 } from './check-numbers.ts'
import { checkSecretKey } from './check-secret-key.ts'
import { checkWebhookSecrets } from './check-webhook-secrets.ts'
import { createHandlerTable } from './handler-table.ts'
import { hasMethods } from './has-methods.ts'
import { isStore } from './is-store.ts'
import { misconfigured } from './misconfigured.ts'
import type { BillingOptions, StripeClient } from './options.ts'
import type { Settings } from './settings.ts'

/**
 * Checks the options of `createBilling` and fills in every default.
 *
 * @throws BillingError `configuration_invalid`
 */
export function toSettings<Tx extends TransactionKind>(
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
  if (!isStore(store)) {
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
  const { processing = 'inline' } = options
  if (processing !== 'inline' && processing !== 'durable') {
    throw misconfigured('processing is neither "inline" nor "durable".')
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
    mirror: chooseSync(options, clock),
    senders: checkSenders(options.outbox),
    processing,
    retries: {
      limit: wholeAbove0('retries.limit', options.retries?.limit ?? 10),
      firstMs: positive('retries.firstMs', options.retries?.firstMs ?? 5_000),
      maxMs: positive('retries.maxMs', options.retries?.maxMs ?? 3_600_000),
    },
    worker: {
      concurrency: wholeAbove0('worker.concurrency', options.worker?.concurrency ?? 10),
      pollMs: timeout('worker.pollMs', options.worker?.pollMs ?? 30_000),
    },
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

function checkSenders(
  outbox: BillingOptions<TransactionKind>['outbox'] = {},
): Settings<TransactionKind>['senders'] {
  const senders = new Map(Object.entries(outbox))
  for (const [topic, send] of senders) {
    if (typeof send !== 'function')
      throw misconfigured(`outbox[${JSON.stringify(topic)}] is not a function.`)
  }
  return senders
}

function chooseSync<Tx extends TransactionKind>(
  { stripe, store, sync = canFetch(stripe) ? 'refetch' : 'off' }: BillingOptions<Tx>,
  clock: Clock,
): MirrorSync {
  switch (sync) {
    case 'off':
      return noMirror
    case 'event':
      return syncByEvent
    case 'refetch':
      if (canFetch(stripe)) return syncByRefetch(stripe, store.mirror, clock)
      throw misconfigured(
        'sync is "refetch", and stripe is no instance that can fetch. Write stripe: new Stripe(key), or sync: "event".',
      )
    default:
      throw misconfigured('sync is none of "refetch", "event" and "off".')
  }
}

function canFetch(stripe: unknown): stripe is RawRequester {
  return hasMethods(stripe, ['rawRequest'])
}

/** Every supported major has `getApiField`; its declarations name it from 22 on. */
function versionOf(client: StripeClient): string | undefined {
  const { getApiField } = client as { getApiField?: (name: string) => unknown }
  const version = getApiField?.call(client, 'version')
  return typeof version === 'string' ? version : undefined
}

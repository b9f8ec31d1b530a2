import { BillingError } from '../errors/billing-error.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Inbound } from '../webhooks/inbound.ts'
import type { Reply } from '../webhooks/reply.ts'
import type { Worker } from '../worker/worker.ts'

/** What `createBilling` makes: one of it serves a whole application. */
export interface Billing<Tx extends TransactionKind> extends WebhookReceiver {
  readonly mode: 'test' | 'live'
  readonly store: Store<Tx>
  /** Runs what is stored, when `processing` is `durable`, and what has failed; sends the outbox. Nothing until it is started. */
  readonly worker: Worker
  /** Finds what was missed, and runs events again. */
  readonly recovery: Recovery
}

/** The part of {@link Billing} that a webhook route needs. */
export interface WebhookReceiver {
  readonly webhooks: {
    /** Answers one request to the webhook route. Never rejects for anything that a sender can cause. */
    readonly receive: (inbound: Inbound) => Promise<Reply>
  }
}

/**
 * What adapters take: a billing, or a function that makes it on the first request, for
 * modules that must load without secrets (`next build`).
 */
export type BillingSource =
  | WebhookReceiver
  | (() => WebhookReceiver | Promise<WebhookReceiver>)

type Receive = WebhookReceiver['webhooks']['receive']

/**
 * Gives the `receive` of a source. A function is called once, when it is first needed, and
 * again only after it has failed: a billing made for every request would forget what it saw.
 *
 * @returns Rejects only with what the function throws.
 * @throws BillingError `configuration_invalid` for what is no billing.
 */
export function openReceiver(source: BillingSource): Receive {
  if (typeof source !== 'function') return receiveOf(source)
  let receive: Receive | undefined
  let opening: Promise<Receive> | undefined

  return async function receiveOpened(inbound) {
    if (receive === undefined) {
      opening ??= Promise.resolve().then(source).then(receiveOf)
      const mine = opening
      try {
        receive = await mine
      } catch (error) {
        if (opening === mine) opening = undefined
        throw error
      }
    }
    return receive(inbound)
  }
}

function receiveOf(value: WebhookReceiver): Receive {
  // Plain JavaScript, and a function that forgot to return, give something else.
  const webhooks = (value as WebhookReceiver | undefined)?.webhooks
  if (typeof webhooks?.receive !== 'function') {
    throw new BillingError(
      'configuration_invalid',
      'webhook() was given no billing. Give it what createBilling(…) returns, or a function that returns that.',
    )
  }
  return (inbound) => webhooks.receive(inbound)
}

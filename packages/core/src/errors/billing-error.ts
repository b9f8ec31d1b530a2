/**
 * Everything that Countersign itself can raise. The set is closed: a `switch`
 * over `code` can be exhaustive.
 *
 * | code | meaning |
 * | --- | --- |
 * | `configuration_invalid` | `createBilling` was given options that cannot work |
 * | `body_aborted` | the sender went away before the whole body had arrived |
 * | `body_already_read` | something in the application read the body first, and the signed bytes are gone |
 * | `body_inexact` | a body parser kept the body as text, which need not be the bytes that were sent |
 * | `body_too_large` | the body is longer than `limits.bodyBytes` |
 * | `body_too_late` | the body did not arrive within `limits.bodyTimeoutMs` |
 * | `effect_key_invalid` | `context.effect` was given a key that is no text, or an empty one |
 * | `effect_outside_transaction` | `context.effect` or `context.outbox` was called outside the callback of `context.transaction` |
 * | `lease_lost` | another delivery of the same event took over, so nothing was committed |
 * | `notification_unfetchable` | a thin notification was asked for its object, and `createBilling` was given no `stripe`, or the notification names no path of Stripe's API |
 * | `outbox_message_invalid` | `context.outbox` was given a message without a topic or key, or a payload that is no JSON |
 * | `recovery_refused` | `billing.recovery` was asked for what is a mistake, or would do harm |
 * | `recovery_unavailable` | `billing.recovery.catchUp` could not ask Stripe for its events |
 * | `refetch_failed` | Stripe could not be asked for what an event is about, so the event is tried again |
 * | `schema_mismatch` | the database's tables are newer than the store's package, or not there yet |
 * | `store_unavailable` | the store rejected, so it is not known whether the event was recorded |
 * | `transaction_asynchronous` | the callback of `context.transaction` returned a promise, and the store's transactions are synchronous |
 * | `transaction_closed` | `context.transaction` was called while another was open, after one had committed, or after the handler had ended; or its `tx` was used after its end |
 */
export type BillingErrorCode =
  | 'configuration_invalid'
  | 'body_aborted'
  | 'body_already_read'
  | 'body_inexact'
  | 'body_too_large'
  | 'body_too_late'
  | 'effect_key_invalid'
  | 'effect_outside_transaction'
  | 'lease_lost'
  | 'notification_unfetchable'
  | 'outbox_message_invalid'
  | 'recovery_refused'
  | 'recovery_unavailable'
  | 'refetch_failed'
  | 'schema_mismatch'
  | 'store_unavailable'
  | 'transaction_asynchronous'
  | 'transaction_closed'

const brand = Symbol.for('countersign.BillingError')

/** The one error class of Countersign. Recognise it with {@link isBillingError}, never with `instanceof`. */
export class BillingError extends Error {
  override readonly name = 'BillingError'
  readonly code: BillingErrorCode

  /** @param message What was wrong, with which value, and what to do about it. */
  constructor(code: BillingErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }
}

/**
 * Tells whether a value is a {@link BillingError}, from whichever copy of this
 * package: a bundler may give an application a copy of its own, and `instanceof`
 * fails between copies.
 */
export function isBillingError(value: unknown): value is BillingError {
  return typeof value === 'object' && value !== null && brand in value
}

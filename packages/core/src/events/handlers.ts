import type { Logger } from '../runtime/logger.ts'
import type { DeclaredEffect, OutboxMessage } from '../store/outbox-store.ts'
import type {
  EffectResult,
  TransactionKind,
  TransactionWork,
} from '../store/transaction.ts'
import type { EventOf, EventType, StripeEvent } from './event.ts'
import type {
  AnyNotification,
  EventNotification,
  NotificationType,
} from './event-notification.ts'

/** Where an event comes from. */
export interface EventOrigin {
  /** The connected account that the event is about (`acct_…`), or `undefined` for the platform's own. */
  readonly account: string | undefined
  /** The webhook endpoint that the event came from, when its secret names one: `{ secret, endpoint: 'connect' }`. */
  readonly endpoint: string | undefined
  readonly livemode: boolean
}

/** What every handler is told beside the event. */
export interface HandlerFacts extends EventOrigin {
  /** 1 on the first try, 2 on the second, and so on. */
  readonly attempt: number
  /** Aborts when the handlers have run for `handlerTimeoutMs`: another delivery may run them a few seconds later. */
  readonly signal: AbortSignal
  readonly logger: Logger
  /**
   * Says that the event belongs to nobody that is known here, and why. Once all handlers
   * have run it is kept as `unmatched`, for `billing.recovery.replay`, instead of counting as
   * processed. To be called before `context.transaction`, if that is called at all.
   */
  readonly unmatched: (reason: string) => void
}

/** What a handler gets: facts, and the way to make its work count exactly once. */
export interface HandlerContext<Tx extends TransactionKind> extends HandlerFacts {
  /**
   * Runs `work` in one transaction of the store and commits what it wrote, its effects
   * and the fact that this handler is done, all together; or nothing at all when `work`
   * throws. Do slow work (calls to Stripe) before it: no transaction is open until then.
   * Once in a handler, and last: what comes after a commit is not run again.
   *
   * @throws BillingError `lease_lost` when another delivery of the event took over,
   *   `transaction_closed` when called while another is open, after one has committed, or
   *   after the handler has ended,
   *   `store_unavailable` when the store cannot be reached.
   */
  readonly transaction: <T>(work: TransactionWork<Tx, T>) => Promise<T>
  /**
   * Records a business key (`invoice in_1: credit granted`) inside the open transaction
   * and tells whether it is new. `false` means that this effect has been committed
   * before, perhaps by another event about the same change: skip it.
   *
   * @throws BillingError `effect_outside_transaction`, or `effect_key_invalid` for a key
   *   that is no text or an empty one
   */
  readonly effect: (key: string) => EffectResult<Tx>
  /**
   * Writes a message inside the open transaction, to be sent after it has committed by the
   * sender of its topic (`createBilling({ outbox })`), at least once, when
   * `billing.worker` runs. `false` means that a message with this key was written before.
   *
   * @throws BillingError `effect_outside_transaction`, or `outbox_message_invalid` for a
   *   message without a topic or key, or with a payload that is no JSON
   */
  readonly outbox: (message: OutboxMessage) => EffectResult<Tx>
}

/** `never` stands for a handler that works with any store, and so without transactions. */
export type ContextOf<Tx extends TransactionKind> = [Tx] extends [never]
  ? HandlerFacts
  : HandlerContext<Tx>

/**
 * A handler that says what shall be committed instead of doing it: effects, each with the
 * messages that follow from it. It runs no transaction, so that the store commits the
 * event and all of it in one statement. It may be called again, so it must not do anything.
 */
export interface DeclaringHandler<Event> {
  readonly declare: (
    event: Event,
    origin: EventOrigin,
  ) => DeclaredEffect | readonly DeclaredEffect[] | undefined
}

/**
 * Handlers by type, of events (`invoice.paid`) and of thin notifications
 * (`v1.customer.subscription.active`). A handler's promise is waited for, and so is a transaction that
 * is still open when it has returned; what either rejects with makes Stripe deliver the
 * event again. What a handler awaits and catches is its own affair.
 */
export type Handlers<Tx extends TransactionKind> = {
  readonly [T in EventType]?:
    | ((event: EventOf<T>, context: ContextOf<Tx>) => unknown)
    | DeclaringHandler<EventOf<T>>
} & {
  readonly [T in NotificationType]?: (
    notification: EventNotification<T>,
    context: ContextOf<Tx>,
  ) => unknown
}

/** A handler of every thin notification, also of types that the installed `stripe` does not know. */
export type AnyNotificationHandler<Tx extends TransactionKind> = (
  notification: AnyNotification,
  context: ContextOf<Tx>,
) => unknown

/** A handler of every event, also of types that the installed `stripe` does not know. */
export type AnyEventHandler<Tx extends TransactionKind> = (
  event: StripeEvent,
  context: ContextOf<Tx>,
) => unknown

/** Handlers with a name, as several groups need to be told apart when an event is retried. */
export interface NamedHandlers<Tx extends TransactionKind> {
  readonly name: string
  readonly handlers: Handlers<Tx>
}

/**
 * Names a group of handlers, to be given to `createBilling` beside others. The name is
 * stored with each event: a group that has finished is not run again when another one
 * makes the event fail. Keep it when you rename or move code.
 *
 * @example
 * const grants = defineHandlers<MemoryTransaction>('grants', {
 *   'invoice.paid': async (event, context) => { … },
 * })
 */
export function defineHandlers<Tx extends TransactionKind = never>(
  name: string,
  handlers: Handlers<Tx>,
): NamedHandlers<Tx> {
  return { name, handlers }
}

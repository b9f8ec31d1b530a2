import { type EventRequest, NO_REQUEST, StripeEvent } from '../events/stripe-event.ts'
import type { Account } from './account.ts'
import type { PreviousAttributes } from './change.ts'
import type { Timeline } from './timeline.ts'

/** Where, when and why something happens. */
export interface Context {
  readonly account: Account
  /** The clock of whom it is about: the emulator's own, or the test clock of the customer. */
  readonly timeline: Timeline
  readonly request: EventRequest
}

/** The context of what is about a customer, who may live on a test clock. */
export function contextOf(
  { account, request }: Pick<Context, 'account' | 'request'>,
  customer: string | null,
): Context {
  return { account, request, timeline: account.timelineOf(customer) }
}

/** The context of what time brings about. */
export function contextOfTime(account: Account, customer: string | null): Context {
  return contextOf({ account, request: NO_REQUEST }, customer)
}

/** Makes an event of an object as it is at this moment, and sends it to whoever wants it. */
export function emit(
  { account, timeline, request }: Context,
  type: string,
  object: object,
  previousAttributes?: PreviousAttributes,
): void {
  const { world } = account
  const event = new StripeEvent({
    id: account.newId('evt'),
    account,
    created: timeline.now(),
    type,
    object,
    previousAttributes,
    request,
  })
  account.keepEvent(event)
  world.onEvent(event, account, object)
}

/** Makes an `….updated` of what a change replaced; nothing when it replaced nothing. */
export function emitChange(
  context: Context,
  type: string,
  object: object,
  previousAttributes: PreviousAttributes | undefined,
): void {
  if (previousAttributes !== undefined) emit(context, type, object, previousAttributes)
}

import type { ClaimOptions, EventKey, EventState } from '@countersign/core'

/** Values of a column, in the types that its declaration allows. */
export interface EventRow {
  readonly seq: number
  readonly state: EventState
  readonly attempts: number
  readonly token: number
  readonly lease_until: number
  readonly finished_handlers: string | null
}

export const EVENT_ROW = 'seq, state, attempts, token, lease_until, finished_handlers'

/** The part of a statement that finds an event; {@link keyParameters} are its values. */
export const IS_KEY = 'event_id = ? AND account = ? AND livemode = ?'

export function keyParameters(key: EventKey): [string, string, number] {
  return [key.eventId, key.account, key.livemode ? 1 : 0]
}

export const NO_HANDLERS: readonly string[] = []

export function finishedHandlersOf(text: string | null): readonly string[] {
  return text === null ? NO_HANDLERS : JSON.parse(text)
}

/** A lease that ends later than this was made before the clock jumped back, and holds no more. */
export function latestLeaseEnd({ now, leaseMs }: ClaimOptions): number {
  // The machine that made it may have a clock that is ahead, by up to a lease.
  return now + 2 * leaseMs
}

export function isHeld(leaseUntil: number, options: ClaimOptions): boolean {
  return options.now < leaseUntil && leaseUntil <= latestLeaseEnd(options)
}

import type { EventState } from '../store/inbox-store.ts'
import type { EventQuery } from '../store/recovery-store.ts'
import { recoveryRefused } from './recovery-refused.ts'

/** Which events are to run again: those that match all that is given, and at least one of these has to be. */
export interface ReplaySelection {
  /** `evt_…` */
  readonly id?: string | readonly string[]
  readonly type?: string | readonly string[]
  /** Default: any but `skipped`, or any at all for an `id`. */
  readonly state?: EventState | readonly EventState[]
  /** Received here at this time or later; a number is milliseconds since 1970-01-01 UTC. */
  readonly since?: Date | number
}

/** `skipped` is missing: somebody has decided that these shall not run. */
const STATES_OF_REPLAY: readonly EventState[] = [
  'received',
  'processed',
  'ignored',
  'unmatched',
  'failed',
  'dead',
]

/** @throws BillingError `recovery_refused` for a selection that would select more than was meant. */
export function toQuery(selection: ReplaySelection, livemode: boolean): EventQuery {
  const { id, type, state, since, ...others } = selection
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw recoveryRefused(
      `replay: ${JSON.stringify(unknown)} selects nothing. Select by id, type, state or since.`,
    )
  }
  const given = Object.entries(selection)
  const [empty] = given.find(([, value]) => value === undefined) ?? []
  if (empty !== undefined) {
    throw recoveryRefused(
      `replay: ${empty} is undefined, so more would run again than was meant. Leave it out, or give its value.`,
    )
  }
  if (given.length === 0) {
    throw recoveryRefused(
      'replay: nothing was selected. Select by id, type, state or since; { since: 0 } selects everything.',
    )
  }
  const states =
    state !== undefined ? toList(state) : id === undefined ? STATES_OF_REPLAY : undefined
  return {
    livemode,
    ...(id !== undefined && { ids: toList(id) }),
    ...(type !== undefined && { types: toList(type) }),
    ...(states !== undefined && { states }),
    ...(since !== undefined && { receivedSince: toTime('replay', since) }),
  }
}

export function toList<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}

/** In milliseconds, this is March 1973: a smaller number, other than 0, was meant as seconds. */
const LEAST_TIME = 1e11

/** @throws BillingError `recovery_refused` for what is no time. */
export function toTime(method: string, since: Date | number): number {
  // From plain JavaScript, null would count as 0, which is everything.
  const time = Number(since ?? Number.NaN)
  if (time === 0 || time >= LEAST_TIME) return time
  throw recoveryRefused(
    `${method}: since is ${time}. Give a Date, or milliseconds since 1970-01-01 UTC: Stripe's own times are seconds, so write event.created * 1000.`,
  )
}

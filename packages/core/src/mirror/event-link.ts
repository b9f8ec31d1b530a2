import { beforeChange } from './before-change.ts'
import { fieldsOf, textOf } from './fields.ts'
import { mirrorKindOf } from './mirror-kind.ts'
import type { MirroredObject } from './mirrored.ts'
import { deletedObject, normalise } from './normalise.ts'
import { rankOf } from './rank-of.ts'
import { hashOf, isPausedState, stateNameOf } from './state-name.ts'

/** The part of a snapshot event that the mirror reads. */
export interface SnapshotEvent {
  readonly type: string
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number
  /** Who caused it: `{ id: 'req_…' }`, and a text before 2017. */
  readonly request?: unknown
  readonly data: { readonly object: unknown; readonly previous_attributes?: unknown }
}

/** What one event says about the order of an object's states. For the names of states see `stateNameOf`. */
export interface EventLink {
  /** The same for all events that say the same: Stripe now and then makes two of one change. */
  readonly id: string
  /** `created` of the event, in seconds. */
  readonly at: number
  /** The state that it replaced, or `null` when the event does not say. The same as `after` when nothing changed that is mirrored. */
  readonly before: string | null
  readonly after: string
  /** Of `after`: see `rankOf`. */
  readonly rank: number
  /** Whether the object was created with it. */
  readonly isFirst: boolean
  /** 1 when the subscription was paused by it, -1 when it was resumed, else 0. */
  readonly turn: -1 | 0 | 1
  /** `after` itself. */
  readonly data: MirroredObject
}

/** A link as a row keeps it: the object itself only of what may be the newest state, and once. */
export type KeptLink = Omit<EventLink, 'data'> & {
  readonly data?: MirroredObject
  /** When it was merged: milliseconds since 1970-01-01 UTC. */
  readonly seen: number
}

/** They come when nothing has changed. */
const REMINDERS: ReadonlySet<string> = new Set([
  'customer.subscription.trial_will_end',
  'invoice.overdue',
  'invoice.sent',
  'invoice.will_be_due',
])

/** `undefined` when the event carries nothing that is mirrored. */
export function toEventLink(event: SnapshotEvent): EventLink | undefined {
  const { type, created: at } = event
  const kind = mirrorKindOf(type)
  const object = fieldsOf(event.data.object)
  if (kind === undefined || object === undefined || !Number.isSafeInteger(at))
    return undefined
  let data = normalise(kind, object)
  // The object of the event is as it was before: only a subscription's says that it ended.
  if (type === `${kind}.deleted` && data !== undefined)
    data = deletedObject(kind, data.id)
  if (data === undefined) return undefined
  const previous = fieldsOf(event.data.previous_attributes)
  const was = previous && normalise(kind, beforeChange(object, previous))
  const after = stateNameOf(data)
  const unchanged = REMINDERS.has(type) ? after : null
  const before = was === undefined ? unchanged : stateNameOf(was)
  const isFirst = type.endsWith('.created')
  const turn = turnOf(type, before, after)
  const request = textOf(fieldsOf(event.request)?.id ?? event.request)
  return {
    id: hashOf(JSON.stringify([at, request, before, after, isFirst, turn])),
    at,
    before,
    after,
    rank: rankOf(data),
    isFirst,
    turn,
    data,
  }
}

function turnOf(type: string, before: string | null, after: string): -1 | 0 | 1 {
  if (before !== null && isPausedState(before) !== isPausedState(after))
    return isPausedState(after) ? 1 : -1
  // These have no `previous_attributes`.
  if (before === null && type === 'customer.subscription.paused') return 1
  return before === null && type === 'customer.subscription.resumed' ? -1 : 0
}

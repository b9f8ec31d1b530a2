import { headOf, keepNewest, newestOf } from './event-chain.ts'
import {
  type EventLink,
  type KeptLink,
  type SnapshotEvent,
  toEventLink,
} from './event-link.ts'
import type { MirroredObject, MirrorKind } from './mirrored.ts'
import { deletedObject, normalise } from './normalise.ts'
import { rankOf } from './rank-of.ts'

/** What a store keeps of one object. All of it is JSON. */
export interface MirrorRow {
  readonly data: MirroredObject
  readonly order: MirrorOrder
  /** When something was last learnt of the object: milliseconds since 1970-01-01 UTC. */
  readonly updatedAt: number
}

/** What {@link mergeMirror} has to know of what it merged before. */
interface MirrorOrder {
  readonly fetch?: KeptFetch
  readonly links: readonly KeptLink[]
  /** The id of the link whose object the row shows, or `null` when it shows what was fetched: that object is kept only once. */
  readonly shown: string | null
}

/** The fetch with the greatest ticket. */
interface KeptFetch {
  readonly ticket: number
  readonly began: number
  readonly data?: MirroredObject
}

export type MirrorWrite =
  | {
      readonly by: 'fetch'
      /** Of a sequence of the store's that only grows, taken before the fetch began. */
      readonly ticket: number
      /** When the ticket was taken: milliseconds since 1970-01-01 UTC. */
      readonly began: number
      readonly data: MirroredObject
    }
  | { readonly by: 'event'; readonly link: EventLink }

/** What a snapshot event writes, or `undefined` when it carries nothing that is mirrored. */
export function toEventWrite(event: SnapshotEvent): MirrorWrite | undefined {
  const link = toEventLink(event)
  return link && { by: 'event', link }
}

/**
 * What a fetch writes, or `undefined` when something else came back than what was asked for.
 *
 * @param ticket Of a sequence of the store's that only grows, taken before the fetch began.
 * @param fetched What Stripe answered; `undefined` when it answered 404.
 * @param began When the ticket was taken: milliseconds since 1970-01-01 UTC.
 */
export function toFetchWrite(
  kind: MirrorKind,
  id: string,
  ticket: number,
  fetched: unknown,
  began: number,
): MirrorWrite | undefined {
  const data = fetched === undefined ? deletedObject(kind, id) : normalise(kind, fetched)
  return data?.id === id ? { by: 'fetch', ticket, began, data } : undefined
}

/**
 * The row after a write, or `undefined` when the write changes nothing.
 *
 * - Of fetches the one with the greatest ticket counts, whenever it comes back.
 * - Of events those of the newest second count: the row is a function of the set of events,
 *   in whatever order they came. Within the second `previous_attributes` tell their order.
 * - A fetch counts for more than events that had come before it began, or were created well
 *   before, or tell of less than it has seen. Otherwise the events do: it may have missed
 *   what happened while it was under way, and what they have not told yet is still to come.
 *
 * @param now Milliseconds since 1970-01-01 UTC.
 */
export function mergeMirror(
  current: MirrorRow | undefined,
  write: MirrorWrite,
  now: number,
): MirrorRow | undefined {
  const known = knownOf(current)
  if (write.by === 'fetch') {
    if (known.fetch !== undefined && known.fetch.ticket >= write.ticket) return undefined
    const { ticket, began, data } = write
    return toRow({ ...known, fetch: { ticket, began, data } }, now)
  }
  const { link } = write
  if (known.links.some(({ id }) => id === link.id)) return undefined
  const links = keepNewest([...known.links, { ...link, seen: now }])
  const isKept = links.some(({ id }) => id === link.id)
  return isKept ? toRow({ ...known, links }, now) : undefined
}

interface Known {
  readonly fetch?: Required<KeptFetch>
  readonly links: readonly KeptLink[]
}

/** What a row knows, each object in its place. */
function knownOf(row: MirrorRow | undefined): Known {
  if (row === undefined) return { links: [] }
  const { data, order } = row
  const links = order.links.map((link) =>
    link.id === order.shown ? { ...link, data } : link,
  )
  return order.fetch === undefined
    ? { links }
    : { links, fetch: { data, ...order.fetch } }
}

function toRow({ fetch, links }: Known, now: number): MirrorRow | undefined {
  const head = headOf(links)
  const isFetched = head === undefined || (fetch && isNewer(fetch, head, links))
  const shown = isFetched ? null : head.id
  const data = isFetched ? fetch?.data : head.data
  if (data === undefined) return undefined
  const order: MirrorOrder = {
    ...(fetch && { fetch: isFetched ? without(fetch) : fetch }),
    links: links.map((link) => (link.id === shown ? without(link) : link)),
    shown,
  }
  return { data, order, updatedAt: now }
}

function without<T extends { readonly data?: unknown }>({
  data: _,
  ...rest
}: T): Omit<T, 'data'> {
  return rest
}

/** Stripe's clock and those of the machines that fetch may differ by so much. */
const CLOCK_SKEW_S = 5

/** Whether a fetch counts for more than the events. */
function isNewer(
  fetch: Required<KeptFetch>,
  head: KeptLink,
  links: readonly KeptLink[],
): boolean {
  const newest = newestOf(links)
  if (newest.every(({ seen }) => seen < fetch.began)) return true
  if (head.at < fetch.began / 1_000 - CLOCK_SKEW_S) return true
  const rank = rankOf(fetch.data)
  if (rank !== head.rank) return rank > head.rank
  return newest.every(({ isFirst }) => isFirst)
}

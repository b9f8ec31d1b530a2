import { type ListEvents, type ListedEvent, PAGE_SIZE } from './list-events.ts'

/**
 * Gives the events since a time, the oldest first, in portions of a page at most. Stripe lists the newest
 * first, so spans of time are asked for that one page can hold: a span is halved until it
 * fits, and doubled when it was half empty.
 *
 * @param from Seconds since 1970-01-01 UTC, included.
 * @param now Seconds. Events that are newer come last: Stripe's clock may be ahead.
 */
export async function* eventsOldestFirst(
  list: ListEvents,
  from: number,
  now: number,
): AsyncGenerator<readonly ListedEvent[], undefined> {
  let start = from
  let span = Math.max(0, now - start)
  for (;;) {
    const end = start + span
    const isLast = end >= now
    const range = isLast ? { gte: start } : { gte: start, lte: end }
    const { events, hasMore } = await list(range)
    if (hasMore && span > 0) {
      span = Math.floor(span / 2)
      continue
    }
    // More than a page in one second.
    const all = hasMore ? await wholeRange(list, range, events) : events
    const oldestFirst = all.toReversed()
    for (let i = 0; i < oldestFirst.length; i += PAGE_SIZE) {
      yield oldestFirst.slice(i, i + PAGE_SIZE)
    }
    if (isLast) return
    start = end + 1
    const next = events.length < PAGE_SIZE / 2 ? span * 2 + 1 : span
    span = Math.min(next, Math.max(0, now - start))
  }
}

async function wholeRange(
  list: ListEvents,
  range: Parameters<ListEvents>[0],
  firstPage: readonly ListedEvent[],
): Promise<readonly ListedEvent[]> {
  const all = [...firstPage]
  let hasMore = true
  while (hasMore) {
    const page = await list(range, all.at(-1)?.id)
    all.push(...page.events)
    hasMore = page.hasMore && page.events.length > 0
  }
  return all
}

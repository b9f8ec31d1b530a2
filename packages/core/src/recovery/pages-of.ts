import type { EventQuery, EventRecord, RecoveryStore } from '../store/recovery-store.ts'

/** Goes through what matches in the order in which it was received; a page is never empty. */
export async function* pagesOf(
  store: RecoveryStore,
  query: EventQuery,
  limit: number,
): AsyncGenerator<readonly EventRecord[], undefined> {
  let after: string | undefined
  do {
    const page = await store.list(query, { limit, ...(after !== undefined && { after }) })
    if (page.events.length > 0) yield page.events
    after = page.next
  } while (after !== undefined)
}

/** What a loop works off: events of the inbox, or messages of the outbox. */
export interface Source<Item> {
  /** For log lines. */
  readonly name: 'event' | 'message'
  /** Leases up to so many items that are due, and tells when the next one will be, in milliseconds since 1970-01-01 UTC. */
  readonly claim: (limit: number) => Promise<{
    readonly items: readonly Item[]
    readonly nextDueAt: number | undefined
  }>
  /**
   * Works on one item to its end, or gives it back when `stopping` aborts. Never rejects, and
   * settles soon after `stopping` aborts.
   */
  readonly run: (item: Item, stopping: AbortSignal) => Promise<RunResult>
}

/** What became of an item. */
export type RunResult = 'done' | 'failed' | 'dead' | 'given_back'

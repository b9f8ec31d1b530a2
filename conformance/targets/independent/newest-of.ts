export interface StripeEvent {
  id: string
  type: string
  account?: string | null
  created: number
  livemode: boolean
  data: { object: StripeObject; previous_attributes?: Record<string, unknown> }
}

interface StripeObject {
  id?: string
  status?: string
  metadata?: Record<string, string>
}

/**
 * The last state that events about one object tell of, in whatever order they came. Within
 * one second an event follows the one whose object it replaced: the last state was entered
 * more often than it was left.
 */
export function newestOf(events: readonly StripeEvent[]): StripeObject {
  const end = events.find(({ type }) => type.endsWith('.deleted'))
  if (end !== undefined) return end.data.object
  const seconds = [...new Set(events.map(({ created }) => created))].sort((a, b) => a - b)
  let newest: StripeObject = {}
  for (const second of seconds) {
    // The walk of this second begins where that of the one before has ended.
    const balances = new Map([[JSON.stringify(newest), 1]])
    const move = (state: StripeObject, by: number) => {
      const name = JSON.stringify(state)
      balances.set(name, (balances.get(name) ?? 0) + by)
    }
    for (const { created, data } of events) {
      if (created !== second) continue
      const { object, previous_attributes: previous } = data
      move(object, 1)
      if (previous !== undefined) move({ ...object, ...previous }, -1)
    }
    const last = [...balances].findLast(([, balance]) => balance > 0)
    newest = JSON.parse(last?.[0] ?? '{}')
  }
  return newest
}

import type { EventKey } from '@countersign/core'
import { toJsonParameter, toNumber } from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import { Groups } from '../connection/groups.ts'
import { Statement } from '../connection/statement.ts'
import type { TableNames } from '../schema/table-names.ts'
import { eventIdOf } from './event-id.ts'

/** How many events are remembered; the oldest is forgotten first. */
const MOST = 10_000

/**
 * Events that this process has seen done. They are most likely to be done still, so the
 * database is asked for their state alone, which costs much less than offering it the whole delivery.
 */
export class Duplicates {
  readonly #ids = new Set<string>()
  readonly #groups: Groups<EventKey, string | undefined>

  constructor(database: Database) {
    const statement = new Statement(stateSql(database.tables))
    this.#groups = new Groups({
      keysOf: () => [],
      limit: 256,
      concurrency: 2,
      async run(keys) {
        const rows = keys.map(({ livemode, account, eventId }, n) => ({
          n,
          livemode,
          account,
          event_id: eventId,
        }))
        const found = await database.run(statement, [toJsonParameter(rows)])
        const states = new Map(found.map(({ n, state }) => [toNumber(n), state]))
        return keys.map((_, n) => states.get(n) ?? undefined)
      },
    })
  }

  remember(key: EventKey): void {
    this.#ids.add(eventIdOf(key))
    if (this.#ids.size <= MOST) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      break
    }
  }

  /** The event's state if nothing is left to do; else `undefined`, without having asked for one that was not seen done. */
  async find(key: EventKey): Promise<'processed' | 'skipped' | undefined> {
    if (!this.#ids.has(eventIdOf(key))) return undefined
    const state = await this.#groups.add(key)
    return state === 'processed' || state === 'skipped' ? state : undefined
  }
}

function stateSql({ events }: TableNames): string {
  return `SELECT i.n, e.state
FROM json_to_recordset($1) AS i(n int, livemode boolean, account text, event_id text)
CROSS JOIN LATERAL (
  SELECT state FROM ${events} e
  WHERE e.event_id = i.event_id AND e.account = i.account AND e.livemode = i.livemode
  LIMIT 1
) e`
}

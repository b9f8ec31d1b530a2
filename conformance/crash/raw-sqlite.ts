import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { QUERIES, type RawDatabase, type RawState, toRawState } from './raw-state.ts'

/** Makes a file with the application's own table, in a folder of its own. */
export async function createSqlite(parent: string = tmpdir()): Promise<RawDatabase> {
  const folder = await mkdtemp(join(parent, 'countersign-crash-'))
  const address = join(folder, 'billing.db')
  const db = new DatabaseSync(address)
  db.exec('CREATE TABLE application (kind TEXT, key TEXT, event_id TEXT)')
  db.close()

  /** Only reading, so that closing it leaves the log to the next process, as a crash has left it. */
  function open<T>(run: (db: DatabaseSync) => T): T {
    const reader = new DatabaseSync(address, { readOnly: true, timeout: 5_000 })
    try {
      return run(reader)
    } finally {
      reader.close()
    }
  }

  return {
    address,
    read: async () => open(readAll),
    describe: async (eventId) =>
      open((reader) =>
        reader
          .prepare('SELECT * FROM countersign_events WHERE event_id = ?')
          .get(eventId),
      ),
    async findDamage() {
      const rows = open((reader) => reader.prepare('PRAGMA integrity_check').all())
      const texts = rows.map(({ integrity_check }) => String(integrity_check))
      return texts.join() === 'ok'
        ? undefined
        : `integrity_check says ${texts.join(', ')}`
    },
    passTime: async () => {},
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function readAll(db: DatabaseSync): RawState | undefined {
  const isThere = db
    .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'countersign_checkpoints'")
    .get()
  if (isThere === undefined) return undefined
  // One snapshot for all, since another process may be writing.
  db.exec('BEGIN')
  const state = toRawState(QUERIES.map((sql) => db.prepare(sql).all()))
  db.exec('COMMIT')
  return state
}

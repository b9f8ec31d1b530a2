import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { migrationSql, postgresStore } from '../index.ts'
import {
  at,
  claim,
  connect,
  createPlace,
  deliveryOf,
  openStore,
  rowsOf,
} from '../store.test-setup.ts'

const mismatch = (message: RegExp) =>
  expect.objectContaining({
    code: 'schema_mismatch',
    message: expect.stringMatching(message),
  })

describe('the files in migrations', () => {
  it('are what migrate() runs', async () => {
    const texts = migrationSql()
    expect(texts).toHaveLength(1)
    await expect(
      `-- Made from src/migrations/0001-initial.ts.\n\n${texts[0]}`,
    ).toMatchFileSnapshot('../../migrations/0001-initial.sql')
  })

  it('make a schema that the store takes for its own, and may run twice', async () => {
    const pool = connect(await createPlace())
    await pool.query('CREATE SCHEMA by_files')
    const options = { schema: 'by_files', prefix: 'Pay_' }
    for (const sql of [...migrationSql(options), ...migrationSql(options)])
      await pool.query(sql)
    await claim(postgresStore(pool, options), 'evt_1')
    expect(await rowsOf(pool, 'SELECT event_id FROM by_files."Pay_events"')).toEqual([
      'evt_1',
    ])
  })

  it.each([{ prefix: 'x; DROP TABLE y' }, { schema: 'a"b' }])(
    'refuse what is no name (%o)',
    (options) => {
      expect(() => migrationSql(options)).toThrow(
        expect.objectContaining({ code: 'configuration_invalid' }),
      )
    },
  )
})

describe('migrate', () => {
  it('changes nothing the second time, and keeps what is there', async () => {
    const { store, rowsOf } = await openStore()
    await claim(store, 'evt_1')
    await store.migrate()
    expect(await rowsOf('SELECT event_id FROM countersign_events')).toEqual(['evt_1'])
    expect(await rowsOf('SELECT version, name FROM countersign_migrations')).toEqual([
      [1, 'initial'],
    ])
  })

  it('can be run by several processes at once', async () => {
    const url = await createPlace()
    const path = new URL('./migrate.test-setup.ts', import.meta.url)
    const processes = [0, 1, 2].map(() => fork(path, [url]))
    await Promise.all(processes.map((child) => once(child, 'message')))
    const exits = processes.map((child) => once(child, 'exit'))
    for (const child of processes) child.send('go')
    expect((await Promise.all(exits)).map(([code]) => code)).toEqual([0, 0, 0])
    const pool = connect(url)
    expect(await rowsOf(pool, 'SELECT version FROM countersign_migrations')).toEqual([1])
  })

  it('makes the schema that it is told to use, and one more store beside it', async () => {
    const pool = connect(await createPlace())
    const one = postgresStore(pool, { schema: 'billing' })
    const other = postgresStore(pool, { schema: 'billing', prefix: 'other_' })
    await Promise.all([one.migrate(), other.migrate()])
    await claim(one, 'evt_1')
    await claim(other, 'evt_1')
    expect(await rowsOf(pool, 'SELECT token FROM billing.other_events')).toEqual(['1'])
  })

  it('is what a database without tables asks for, until it has been run', async () => {
    const store = postgresStore(connect(await createPlace()))
    const claimed = () => store.claim(deliveryOf('evt_1'), at(0))
    await expect(claimed()).rejects.toEqual(mismatch(/Run migrate\(\)/))
    await store.migrate()
    expect(await claimed()).toMatchObject({ status: 'claimed' })
  })

  it('refuses what a newer version has made, and so does the first use', async () => {
    const { pool } = await openStore()
    await pool.query(`INSERT INTO countersign_migrations VALUES (2, 'later', 0)`)
    const store = postgresStore(pool)
    const newer = mismatch(/version 2.*Install the newer one/)
    await expect(store.migrate()).rejects.toEqual(newer)
    await expect(store.claim(deliveryOf('evt_1'), at(0))).rejects.toEqual(newer)
  })
})

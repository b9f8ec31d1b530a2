import { describe, expect, it } from 'vitest'
import { migrationSql } from '../index.ts'
import {
  claim,
  connect,
  createPath,
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
    const path = createPath()
    const db = connect(path)
    for (const sql of [
      ...migrationSql({ prefix: 'pay_' }),
      ...migrationSql({ prefix: 'pay_' }),
    ])
      db.exec(sql)
    const store = openStore(path, { prefix: 'pay_', migrate: false })
    await claim(store, 'evt_1')
    expect(rowsOf(path, 'SELECT event_id FROM pay_events')).toEqual(['evt_1'])
  })

  it('refuse a prefix that is no name', () => {
    expect(() => migrationSql({ prefix: 'x; DROP TABLE y' })).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    )
  })
})

describe('migrate', () => {
  it('runs when the store is opened, changes nothing the second time and keeps what is there', async () => {
    const path = createPath()
    const first = openStore(path)
    await claim(first, 'evt_1')
    first.migrate()
    await first.close()
    openStore(path)
    expect(rowsOf(path, 'SELECT event_id FROM countersign_events')).toEqual(['evt_1'])
    expect(rowsOf(path, 'SELECT version, name FROM countersign_migrations')).toEqual([
      [1, 'initial'],
    ])
  })

  it('can be left to somebody else: until then each call says what to do', async () => {
    const store = openStore(createPath(), { migrate: false })
    const claimed = () => store.claim(deliveryOf('evt_1'), { now: 0, leaseMs: 1 })
    await expect(claimed()).rejects.toEqual(mismatch(/Run migrate\(\)/))
    store.migrate()
    expect(await claimed()).toMatchObject({ status: 'claimed' })
  })

  it.each([{ migrate: true }, { migrate: false }])(
    'refuses to open what a newer version has made (%o)',
    async (options) => {
      const path = createPath()
      await openStore(path).close()
      connect(path).exec(`INSERT INTO countersign_migrations VALUES (2, 'later', 0)`)
      expect(() => openStore(path, options)).toThrow(
        mismatch(/version 2.*Install the newer one/),
      )
    },
  )

  it('keeps tables with another prefix apart', async () => {
    const path = createPath()
    await claim(openStore(path, { prefix: 'one_' }), 'evt_1')
    await claim(openStore(path, { prefix: 'two_' }), 'evt_1')
    expect(rowsOf(path, 'SELECT token FROM one_events')).toEqual([1])
  })
})

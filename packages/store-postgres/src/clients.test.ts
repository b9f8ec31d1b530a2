import pg from 'pg'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { type PostgresClient, type PostgresStoreOptions, postgresStore } from './index.ts'
import {
  at,
  claim,
  claimMany,
  connect,
  createPlace,
  deliveryOf,
  done,
  rowsOf,
} from './store.test-setup.ts'

async function connectOne(url: string, config: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...config })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const clients: [
  string,
  (url: string) => Promise<PostgresClient>,
  PostgresStoreOptions,
][] = [
  ['a pool', async (url) => connect(url), {}],
  ['a pool of one connection', async (url) => connect(url, { max: 1 }), {}],
  ['a client', (url) => connectOne(url), {}],
  ['a pool that pipelines', async (url) => connect(url, { pipeline: true }), {}],
  ['a client that pipelines', (url) => connectOne(url, { pipeline: true }), {}],
  ['a pool without prepared statements', async (url) => connect(url), { prepare: false }],
]

describe.each(clients)('%s', (_, connectTo, options) => {
  it('serves everything, also at the same time', async () => {
    const url = await createPlace()
    const store = postgresStore(await connectTo(url), options)
    await store.migrate()
    const reader = connect(url, { max: 1 })
    await reader.query('CREATE TABLE application (value text PRIMARY KEY)')

    const leases = await claimMany(store, 30)
    await Promise.all([
      ...leases.map((lease) =>
        store.commit(lease, done, async (tx, { effect }) => {
          await effect(`once ${lease.key.eventId}`)
          await tx.query('INSERT INTO application VALUES ($1)', [lease.key.eventId])
        }),
      ),
      ...Array.from({ length: 30 }, (_, number) =>
        store.record(deliveryOf(`evt_later_${number}`), 'received', { now: 0 }),
      ),
    ])
    const { events } = await store.claimNext({ ...at(5), livemode: false, limit: 100 })
    expect(events).toHaveLength(30)
    const { lease, delivery } = events[0] ?? expect.fail()
    expect(new TextDecoder().decode(delivery.body)).toBe(`{"id":"${lease.key.eventId}"}`)
    await store.release(lease, { state: 'received' }, { now: 5 })
    expect(await rowsOf(reader, 'SELECT count(*)::int FROM application')).toEqual([30])
    expect(await rowsOf(reader, 'SELECT count(*)::int FROM countersign_effects')).toEqual(
      [30],
    )
  })
})

describe('parsers that the application has set', () => {
  const { INT4, INT8, TEXT, BOOL } = pg.types.builtins
  const before = [INT4, INT8, TEXT, BOOL].map(
    (type) => [type, pg.types.getTypeParser(type)] as const,
  )
  afterEach(() => {
    for (const [type, parse] of before) pg.types.setTypeParser(type, parse)
  })

  it('change nothing for the store', async () => {
    for (const [type] of before) pg.types.setTypeParser(type, () => 'parsed')
    const store = postgresStore(connect(await createPlace()))
    await store.migrate()
    expect(await claim(store, 'evt_1')).toEqual({
      key: { livemode: false, account: '', eventId: 'evt_1' },
      token: 1,
      attempt: 1,
      finishedHandlers: [],
    })
    expect(await store.mirror.takeTicket()).toBe(1)
    expect(await store.recovery.list({ livemode: false }, { limit: 1 })).toMatchObject({
      events: [{ state: 'received', attempts: 1, receivedAt: 0, hasBody: true }],
    })
  })
})

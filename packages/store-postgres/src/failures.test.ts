import { startPostgres } from 'countersign-postgres-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startProxy } from './failures.test-setup.ts'
import { type PostgresStoreOptions, postgresStore } from './index.ts'
import {
  at,
  claim,
  claimMany,
  connect,
  deliveryOf,
  done,
  openStore,
} from './store.test-setup.ts'

const processed =
  "SELECT event_id FROM countersign_events WHERE state = 'processed' ORDER BY event_id"
const values = 'SELECT value FROM application ORDER BY value'

async function openProxied(options?: PostgresStoreOptions) {
  const opened = await openStore()
  const proxy = await startProxy(opened.url)
  const pool = connect(proxy.url, { max: 1 })
  return { ...opened, proxy, pool, store: postgresStore(pool, options) }
}

describe('a connection that is cut before the answer to COMMIT', () => {
  it('leaves it unknown what is committed, and the next try finds out', async () => {
    const { proxy, store, rowsOf } = await openProxied()
    const leases = await claimMany(store, 3)
    const commitAll = () =>
      Promise.allSettled(
        leases.map((lease) =>
          store.commit(lease, done, async (tx) => {
            await tx.query('INSERT INTO application VALUES ($1)', [lease.key.eventId])
          }),
        ),
      )
    proxy.cutAnswersTo('COMMIT')
    const first = await commitAll()
    expect(first.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ])
    proxy.cutAnswersTo(undefined)
    const second = await commitAll()
    expect(second).toEqual(
      leases.map(() => ({ status: 'fulfilled', value: { committed: false } })),
    )
    expect(await rowsOf(values)).toEqual(['evt_0', 'evt_1', 'evt_2'])
    expect(await rowsOf(processed)).toEqual(['evt_0', 'evt_1', 'evt_2'])
  })
})

describe('a connection that is cut while callbacks run', () => {
  it('commits nothing, and the next try does', async () => {
    const { pool, store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 4)
    let cuts = 1
    const commitAll = () =>
      Promise.allSettled(
        leases.map((lease) =>
          store.commit(lease, done, async (tx, { effect }) => {
            await effect(`once ${lease.key.eventId}`)
            const { rows } = await tx.query<{ pid: number }>(
              'SELECT pg_backend_pid() AS pid',
            )
            if (cuts-- > 0)
              await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
            await tx.query('INSERT INTO application VALUES ($1)', [lease.key.eventId])
          }),
        ),
      )
    const first = await commitAll()
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['rejected']))
    expect(await rowsOf(values)).toEqual([])
    expect(await rowsOf('SELECT key FROM countersign_effects')).toEqual([])
    const second = await commitAll()
    expect(second.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'))
    expect(await rowsOf(processed)).toHaveLength(4)
  })
})

describe('connections on which nothing is answered', () => {
  it('are given up in time, and replaced', async () => {
    const { proxy, store } = await openProxied({ timeoutMs: 400 })
    const calls = [
      () => store.claim(deliveryOf('evt_new'), at(0)),
      () => store.record(deliveryOf('evt_newer'), 'received', { now: 0 }),
      () => store.claimNext({ ...at(0), livemode: false, limit: 5 }),
      () => store.recovery.list({ livemode: false }, { limit: 5 }),
    ]
    for (const [number, call] of calls.entries()) {
      await claim(store, `evt_${number}`)
      proxy.stall()
      await expect(call()).rejects.toThrow(/took longer than 400 ms/)
    }
    expect(await claim(store, 'evt_newest')).toMatchObject({ token: 1 })
  })
})

describe('a pool without a free connection', () => {
  it('is given up in time, and used again when there is one', async () => {
    const { pool, store } = await openStore({ timeoutMs: 300 }, { max: 1 })
    const held = await pool.connect()
    await expect(store.claim(deliveryOf('evt_1'), at(0))).rejects.toThrow(
      /getting a connection took longer than 300 ms/,
    )
    held.release()
    expect(await claim(store, 'evt_1')).toMatchObject({ token: 1 })
    expect(pool.idleCount).toBe(1)
  })
})

describe('a server that refuses', () => {
  it('to write, is used again when it writes', async () => {
    const { pool, store } = await openStore({}, { max: 1 })
    await pool.query('SET default_transaction_read_only = on')
    await expect(store.claim(deliveryOf('evt_1'), at(0))).rejects.toThrow(/read-only/)
    await pool.query('SET default_transaction_read_only = off')
    expect(await claim(store, 'evt_1')).toMatchObject({ token: 1 })
  })

  it('what takes too long, keeps the connection', async () => {
    const { pool, store } = await openStore({}, { max: 1 })
    const lease = await claim(store, 'evt_1')
    await pool.query('SET statement_timeout = 100')
    const slow = store.commit(lease, done, (tx) => tx.query('SELECT pg_sleep(5)'))
    await expect(slow).rejects.toThrow(/statement timeout/)
    expect(await store.commit(lease, done)).toEqual({ committed: true, value: undefined })
  })
})

describe('a server that is killed', () => {
  it('has kept what was acknowledged, and is used again when it is back', async () => {
    const server = await startPostgres({ ownServer: true })
    onTestFinished(server.stop)
    const pool = connect(server.url)
    const store = postgresStore(pool)
    await store.migrate()
    const record = (name: string) =>
      Promise.allSettled(
        Array.from({ length: 200 }, async (_, number) => {
          const event = deliveryOf(`evt_${name}_${number}`)
          await store.record(event, 'received', { now: 0 })
          return event.key.eventId
        }),
      )
    const before = record('before')
    await store.record(deliveryOf('evt_first'), 'received', { now: 0 })
    await server.kill('SIGQUIT')
    const acknowledged = (await before).flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    )
    await expect(
      store.record(deliveryOf('evt_down'), 'received', { now: 0 }),
    ).rejects.toThrow()
    await server.restart()
    await store.record(deliveryOf('evt_after'), 'received', { now: 0 })
    const { events } = await store.recovery.list({ livemode: false }, { limit: 1000 })
    const stored = events.map(({ key }) => key.eventId)
    expect(stored).toEqual(
      expect.arrayContaining([...acknowledged, 'evt_first', 'evt_after']),
    )
  })
})

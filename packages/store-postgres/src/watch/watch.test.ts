import type { DueKind } from '@countersign/core'
import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type PostgresStore, postgresStore } from '../index.ts'
import { claim, connect, deliveryOf, done, openStore } from '../store.test-setup.ts'

function watch(store: PostgresStore): {
  readonly heard: DueKind[]
  readonly end: () => void
} {
  const heard: DueKind[] = []
  const end = store.watch((due) => heard.push(due))
  onTestFinished(end)
  return { heard, end }
}

const record = (store: PostgresStore, eventId: string) =>
  store.record(deliveryOf(eventId), 'received', { now: 0 })

describe('watch', () => {
  it('tells of what this process stores, until it is ended', async () => {
    const { store } = await openStore()
    const { heard, end } = watch(store)
    await record(store, 'evt_1')
    await store.commit(await claim(store, 'evt_2'), done, (_, { outbox }) =>
      outbox({ topic: 'mail', key: 'one', payload: null }),
    )
    expect(heard).toEqual(['event', 'message'])
    end()
    await record(store, 'evt_3')
    expect(heard).toHaveLength(2)
  })

  it('tells of what other processes store when it is given a connection to listen on', async () => {
    const { url } = await openStore()
    const listening: pg.Client[] = []
    const storeThere = postgresStore(connect(url), { listen: () => new pg.Client(url) })
    const storeHere = postgresStore(connect(url), {
      listen: () => {
        const client = new pg.Client({ connectionString: url, application_name: 'ear' })
        listening.push(client)
        return client
      },
    })
    const { heard, end } = watch(storeHere)
    // Whatever was stored before it listened.
    await vi.waitFor(() => expect(heard).toEqual(['event', 'message']))

    await record(storeThere, 'evt_1')
    await vi.waitFor(() => expect(heard).toEqual(['event', 'message', 'event']))
    const lease = await claim(storeThere, 'evt_2')
    await storeThere.commit(lease, done, (_, { outbox }) =>
      outbox({ topic: 'mail', key: 'one', payload: null }),
    )
    await vi.waitFor(() => expect(heard.slice(3)).toEqual(['message']))

    // Its connection is cut, and what is stored until it has another one is not missed.
    heard.length = 0
    const admin = connect(url)
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ear'`,
    )
    await record(storeThere, 'evt_3')
    await vi.waitFor(() => expect(heard).toContain('event'), 10_000)
    expect(listening.length).toBeGreaterThan(1)
    end()
    const isOpen = () =>
      admin.query(`SELECT FROM pg_stat_activity WHERE application_name = 'ear'`)
    await vi.waitFor(async () => expect((await isOpen()).rowCount).toBe(0), 10_000)
  })
})

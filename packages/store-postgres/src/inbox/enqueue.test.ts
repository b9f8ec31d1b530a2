import { describe, expect, it } from 'vitest'
import type { DueEvent, OnDue } from '../index.ts'
import { at, deliveryOf, done, openStore } from '../store.test-setup.ts'

const keyOf = (eventId: string) => ({ livemode: false, account: '', eventId })

describe('onDue', () => {
  it('is told of what has become due, in the transaction that stores it', async () => {
    const calls: (readonly DueEvent[])[] = []
    const onDue: OnDue = async (tx, events) => {
      calls.push(events)
      for (const { key } of events)
        await tx.query('INSERT INTO application VALUES ($1)', [key.eventId])
    }
    const { store, rowsOf } = await openStore({ onDue })
    await Promise.all(
      ['evt_1', 'evt_2', 'evt_3'].map((id) =>
        store.record(deliveryOf(id, { objectId: `of ${id}` }), 'received', { now: 0 }),
      ),
    )
    await store.record(deliveryOf('evt_1'), 'received', { now: 1 })
    await store.record(deliveryOf('evt_idle'), 'ignored', { now: 1 })
    await store.claim(deliveryOf('evt_claimed'), at(1))
    expect(calls.flat().map(({ key, objectId }) => [key.eventId, objectId])).toEqual([
      ['evt_1', 'of evt_1'],
      ['evt_2', 'of evt_2'],
      ['evt_3', 'of evt_3'],
    ])
    await store.record(deliveryOf('evt_idle'), 'received', { now: 2 })
    expect(await rowsOf('SELECT value FROM application ORDER BY value')).toEqual([
      'evt_1',
      'evt_2',
      'evt_3',
      'evt_idle',
    ])
  })

  it('is told of what is requeued', async () => {
    const calls: string[] = []
    const { store } = await openStore({
      onDue: async (_, events) => {
        calls.push(...events.map(({ key }) => key.eventId))
      },
    })
    const mark = { ...done, declared: [] }
    await store.claimAndCommit(deliveryOf('evt_1'), mark, at(0))
    const keys = [keyOf('evt_1'), keyOf('absent')]
    expect(await store.recovery.requeue(keys, { now: 1, again: true })).toBe(1)
    expect(await store.recovery.requeue(keys, { now: 2, again: true })).toBe(0)
    expect(calls).toEqual(['evt_1'])
  })

  it('stores nothing when it fails', async () => {
    const { store, rowsOf } = await openStore({
      onDue: async () => {
        throw new Error('no queue')
      },
    })
    const recorded = store.record(deliveryOf('evt_1'), 'received', { now: 0 })
    await expect(recorded).rejects.toThrow('no queue')
    expect(await rowsOf('SELECT event_id FROM countersign_events')).toEqual([])
  })
})

import { describe, expect, it, vi } from 'vitest'
import {
  type BillingOptions,
  type EventRecord,
  type MemoryTransaction,
  memoryStore,
  type ReplaySelection,
} from '../index.ts'
import {
  type Context,
  eventOf,
  NOW,
  SECRET,
  setUp,
} from '../webhooks/receive.test-setup.ts'

type Options = Partial<BillingOptions<MemoryTransaction>>

/** An event about an object of its own. */
function eventNumber(i: number, fields: object = {}) {
  return eventOf({
    id: `evt_${i}`,
    data: { object: { id: `in_${i}`, object: 'invoice' } },
    ...fields,
  })
}

/** A billing on a clock that is moved on, whose handler notes what runs and fails on demand. */
function running(options: Options = {}) {
  const ran: string[] = []
  const broken = new Set<string>()
  let ms = NOW
  const set = setUp({
    onEvent: ({ id }) => {
      if (broken.has(id)) throw new Error('out of order')
      ran.push(id)
    },
    clock: {
      now: () => ms,
      setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, 500)),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    ...options,
  })
  const pass = (byMs: number) => {
    ms += byMs
  }
  /** Receives events 1 to `count`, a second apart, and forgets that they ran. */
  const receiveAll = async (count: number) => {
    for (let i = 1; i <= count; i += 1) {
      await set.receive(eventNumber(i))
      pass(1_000)
    }
    ran.length = 0
  }
  return { ...set, ran, broken, pass, receiveAll, recovery: set.billing.recovery }
}

async function idsOf(records: AsyncIterable<EventRecord>): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { key } of records) ids.push(key.eventId)
  return ids
}

describe('replay', () => {
  it.each<[ReplaySelection, readonly string[]]>([
    [{ id: 'evt_2' }, ['evt_2']],
    [{ id: ['evt_3', 'evt_1', 'evt_9'] }, ['evt_1', 'evt_3']],
    [{ id: [] }, []],
    [{ type: 'invoice.paid' }, ['evt_1', 'evt_2', 'evt_3']],
    [{ type: ['invoice.paid', 'invoice.created'], id: 'evt_1' }, ['evt_1']],
    [{ type: 'invoice.created' }, []],
    [{ since: new Date(NOW + 1_000) }, ['evt_2', 'evt_3']],
    [{ since: NOW + 2_000 }, ['evt_3']],
    [{ since: 0, state: 'processed' }, ['evt_1', 'evt_2', 'evt_3']],
    [{ since: 0, state: ['dead', 'failed'] }, []],
  ])('of %j runs these again, in their order', async (selection, ids) => {
    const { recovery, ran, receiveAll } = running({ worker: { concurrency: 1 } })
    await receiveAll(3)
    expect(await recovery.replay(selection)).toEqual({
      asOf: NOW + 3_000,
      seen: ids.length,
      requeued: ids.length,
      unavailable: 0,
      leftAlone: 0,
      processed: ids.length,
      failed: 0,
      isComplete: true,
    })
    expect(ran).toEqual(ids)
  })

  it('leaves effects once, and runs every handler', async () => {
    const handled = vi.fn()
    const granted = vi.fn()
    const grant = async (_: unknown, context: Context) => {
      handled()
      await context.transaction(() => {
        if (context.effect('granted')) granted()
      })
    }
    const { recovery, pass, receive } = running({ onEvent: grant })
    await receive()
    await recovery.replay({ id: 'evt_1' })
    pass(1)
    await recovery.replay({ id: 'evt_1' })
    expect(handled).toHaveBeenCalledTimes(3)
    expect(granted).toHaveBeenCalledTimes(1)
  })

  it('is for the worker in durable mode, and twice at once is once', async () => {
    const { billing, recovery, ran, receiveAll } = running({ processing: 'durable' })
    await receiveAll(3)
    await billing.worker.drain({ budgetMs: 60_000 })
    ran.length = 0
    const [one, other] = await Promise.all([
      recovery.replay({ since: 0 }),
      recovery.replay({ since: 0 }),
    ])
    expect(one.requeued + other.requeued).toBe(3)
    expect(one).toMatchObject({ processed: 0, isComplete: true })
    await billing.worker.drain({ budgetMs: 60_000 })
    expect(ran.toSorted()).toEqual(['evt_1', 'evt_2', 'evt_3'])
  })

  it('goes on where it was aborted, and does nothing twice', async () => {
    const { recovery, ran, receiveAll } = running({ worker: { concurrency: 2 } })
    await receiveAll(7)
    const aborting = new AbortController()
    const first = await recovery.replay(
      { since: 0 },
      {
        signal: aborting.signal,
        onProgress: ({ seen }) => seen >= 4 && aborting.abort(),
      },
    )
    expect(first).toMatchObject({ seen: 4, processed: 4, isComplete: false })
    const second = await recovery.replay({ since: 0 }, { asOf: first.asOf })
    expect(second).toMatchObject({ asOf: first.asOf, processed: 3, isComplete: true })
    expect(ran).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => `evt_${i}`))
    expect(await recovery.replay({ since: 0 }, { asOf: first.asOf })).toMatchObject({
      processed: 0,
    })
  })

  it('goes on after a process was killed between requeuing a batch and running it', async () => {
    const store = memoryStore()
    const { receiveAll } = running({ store })
    await receiveAll(3)
    const cut = running({
      store: { ...store, claimNext: () => Promise.reject(new Error('killed')) },
      worker: { concurrency: 2 },
    })
    const asOf = NOW + 5_000
    const selection = { since: 0, state: 'processed' } as const
    await expect(cut.recovery.replay(selection, { asOf })).rejects.toThrow('killed')
    const unrelated = running({ store, processing: 'durable' })
    await unrelated.receive(eventNumber(4))
    const { recovery, ran } = running({ store })
    const result = await recovery.replay(selection, { asOf })
    expect(result).toMatchObject({ seen: 1, requeued: 1, processed: 3 })
    expect(ran.toSorted()).toEqual(['evt_1', 'evt_2', 'evt_3'])
  })

  it('runs the events of one object one after the other', async () => {
    let underWay = 0
    const ran: string[] = []
    const { recovery, receive } = running({
      onEvent: async ({ id }) => {
        underWay += 1
        expect(underWay).toBe(1)
        await new Promise((done) => setTimeout(done, 2))
        underWay -= 1
        ran.push(id)
      },
    })
    const ids = ['evt_1', 'evt_2', 'evt_3']
    for (const id of ids) await receive(eventOf({ id }))
    expect(await recovery.replay({ since: 0 })).toMatchObject({ processed: 3, failed: 0 })
    expect(ran).toEqual([...ids, ...ids])
  })

  it('waits for the live event of an object', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { recovery, receive } = running({
      onEvent: ({ id }) => (id === 'evt_2' ? promise : undefined),
    })
    await receive(eventOf())
    const reply = receive(eventOf({ id: 'evt_2' }))
    const replaying = recovery.replay({ id: 'evt_1' })
    await new Promise((done) => setTimeout(done, 5))
    resolve()
    expect(await replaying).toMatchObject({ requeued: 1, processed: 1 })
    expect(await reply).toMatchObject({ outcome: 'processed' })
  })

  it('does not follow live traffic', async () => {
    const { recovery, pass, receive, receiveAll } = running({
      worker: { concurrency: 1 },
    })
    await receiveAll(2)
    let live = 100
    const arriving: Promise<unknown>[] = []
    const result = await recovery.replay(
      { since: 0 },
      {
        onProgress: () => {
          pass(1_000)
          live += 1
          arriving.push(receive(eventNumber(live)))
        },
      },
    )
    await Promise.all(arriving)
    expect(result).toMatchObject({ seen: 2, processed: 2, isComplete: true })
    expect(arriving).toHaveLength(2)
  })

  it('leaves alone what is being run, and tells of it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = vi.fn(() => promise)
    const { recovery, receive } = running({ onEvent: handler, processing: 'inline' })
    const reply = receive()
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(1))
    const replaying = recovery.replay({ id: 'evt_1' }, { onProgress: () => {} })
    await new Promise((done) => setTimeout(done, 5))
    resolve()
    expect(await reply).toMatchObject({ outcome: 'processed' })
    expect(await replaying).toMatchObject({ seen: 1, requeued: 0, leftAlone: 1 })
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('reports what has no body any more', async () => {
    const { recovery, ran, pass, receiveAll } = running()
    await receiveAll(1)
    pass(1)
    await recovery.prune({ bodiesOlderThanMs: 0 })
    expect(await recovery.replay({ id: 'evt_1' })).toMatchObject({
      seen: 1,
      requeued: 0,
      unavailable: 1,
      leftAlone: 0,
    })
    expect(ran).toEqual([])
  })

  it('leaves out what was skipped, unless it is asked for', async () => {
    const { recovery, broken, ran, receiveAll } = running()
    broken.add('evt_1')
    await receiveAll(1)
    await recovery.skip('evt_1', 'test data')
    broken.clear()
    expect(await recovery.replay({ since: 0 })).toMatchObject({ seen: 0 })
    expect(await recovery.replay({ state: 'skipped' })).toMatchObject({ processed: 1 })
    expect(ran).toEqual(['evt_1'])
  })

  it('runs what was ignored, but not what was set aside as that of another account', async () => {
    const store = memoryStore()
    const webhookSecrets = [{ secret: SECRET, account: 'own' as const }]
    const before = running({ store, webhookSecrets, onEvent: undefined as never })
    await before.receive(eventNumber(1))
    await before.receive(eventNumber(2, { account: 'acct_1' }))
    const { recovery, ran } = running({ store, webhookSecrets })
    expect(await recovery.replay({ state: 'ignored' })).toMatchObject({
      seen: 2,
      requeued: 1,
      leftAlone: 1,
    })
    expect(ran).toEqual(['evt_1'])
  })

  it.each<[object, string]>([
    [{}, 'nothing was selected'],
    [{ ids: ['evt_1'] }, '"ids" selects nothing'],
    [{ type: 'invoice.paid', id: undefined }, 'id is undefined'],
    [{ since: NOW / 1000 }, 'event.created * 1000'],
    [{ since: null }, 'since is NaN'],
    [{ since: new Date('never') }, 'since is NaN'],
  ])('refuses %j', async (selection, message) => {
    const { recovery, ran, receiveAll } = running()
    await receiveAll(1)
    await expect(recovery.replay(selection)).rejects.toMatchObject({
      code: 'recovery_refused',
      message: expect.stringContaining(message),
    })
    expect(ran).toEqual([])
  })
})

describe('dead letters', () => {
  /** Three events, of which the first two are dead. */
  async function withDead(options: Options = {}) {
    const set = running({ retries: { limit: 1 }, ...options })
    set.broken.add('evt_1').add('evt_2')
    await set.receiveAll(3)
    set.broken.clear()
    return set
  }

  it('are listed with what they failed with', async () => {
    const { recovery } = await withDead()
    const dead: EventRecord[] = []
    for await (const record of recovery.deadLetters()) dead.push(record)
    expect(dead).toMatchObject([
      { key: { eventId: 'evt_1' }, attempts: 1, lastError: 'Error: out of order' },
      { key: { eventId: 'evt_2' } },
    ])
  })

  it('run again one by one, or all', async () => {
    const { recovery, ran } = await withDead()
    expect(await recovery.retry('evt_2')).toMatchObject({ requeued: 1, processed: 1 })
    expect(await idsOf(recovery.deadLetters())).toEqual(['evt_1'])
    expect(await recovery.retry('evt_3')).toMatchObject({ seen: 0 })
    expect(await recovery.retry('all')).toMatchObject({ requeued: 1, processed: 1 })
    expect(ran).toEqual(['evt_2', 'evt_1'])
    expect(await idsOf(recovery.deadLetters())).toEqual([])
  })

  it('are dead once more when they fail again', async () => {
    const { recovery, broken } = await withDead()
    broken.add('evt_1')
    expect(await recovery.retry(['evt_1', 'evt_2'])).toMatchObject({
      processed: 1,
      failed: 1,
    })
    expect(await idsOf(recovery.deadLetters())).toEqual(['evt_1'])
  })

  it('are skipped with a reason, which is kept, and never run again', async () => {
    const { billing, recovery, ran, receive } = await withDead()
    expect(await recovery.skip('evt_1', 'a customer of the old shop')).toBe(true)
    expect(await recovery.skip('evt_3', 'too late')).toBe(false)
    expect(await recovery.skip('evt_9', 'who?')).toBe(false)
    const { events } = await billing.store.recovery.list(
      { livemode: false, states: ['skipped'] },
      { limit: 9 },
    )
    expect(events).toMatchObject([
      { key: { eventId: 'evt_1' }, reason: 'a customer of the old shop' },
    ])
    expect(await recovery.retry('all')).toMatchObject({ requeued: 1 })
    expect(await receive(eventNumber(1))).toMatchObject({ outcome: 'duplicate' })
    expect(ran).toEqual(['evt_2'])
  })

  it.each(['', '  ', undefined])('are not skipped for the reason %j', async (reason) => {
    const { recovery } = await withDead()
    await expect(recovery.skip('evt_1', reason as string)).rejects.toMatchObject({
      code: 'recovery_refused',
    })
    expect(await idsOf(recovery.deadLetters())).toEqual(['evt_1', 'evt_2'])
  })
})

describe('retry', () => {
  it('does not run handlers again that have finished', async () => {
    const first = vi.fn()
    const second = vi.fn(() => Promise.reject(new Error('later')))
    const { recovery, pass, receive } = running({
      on: [
        { name: 'first', handlers: { 'invoice.paid': first } },
        { name: 'second', handlers: { 'invoice.paid': second } },
      ],
      onEvent: () => {},
    })
    await receive()
    await recovery.retry('all')
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 2])
    pass(1)
    await recovery.replay({ id: 'evt_1' })
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([2, 3])
  })

  it('runs what found nobody, now that somebody is there', async () => {
    let owner: string | undefined
    const { recovery, receive } = running({
      onEvent: (_, context) => {
        if (owner === undefined) context.unmatched('no such user')
      },
    })
    expect(await receive()).toMatchObject({ outcome: 'unmatched' })
    owner = 'user_1'
    expect(await recovery.retry('all')).toMatchObject({ requeued: 1, processed: 1 })
    expect(await receive()).toMatchObject({ outcome: 'duplicate' })
  })
})

import { describe, expect, it, vi } from 'vitest'
import { grant, inWorld, keyOf, type World } from './machine.test-setup.ts'

const WAIT = { timeout: 20_000, interval: 25 }
const ids = (count: number) => Array.from({ length: count }, (_, index) => `evt_${index}`)

describe.concurrent('a receiver', () => {
  it(
    'adds the job in the transaction that stores the event, and answers 200',
    inWorld(async (world) => {
      const { receive } = await world.machine()
      expect(await receive('evt_1')).toBe(200)
      expect(await receive('evt_1')).toBe(200)
      expect(await world.jobs()).toMatchObject([
        { state: 'created', retry_limit: 9, data: keyOf('evt_1') },
      ])
      expect(await world.events()).toMatchObject([{ state: 'received' }])
    }),
  )

  it(
    'adds a job for each of many events that arrive at once',
    inWorld(async (world) => {
      const { receive } = await world.machine()
      const statuses = await Promise.all(ids(200).map((id) => receive(id)))
      expect(new Set(statuses)).toEqual(new Set([200]))
      expect(await world.jobs()).toHaveLength(200)
    }),
  )

  it(
    'leaves neither job nor event when the transaction is rolled back, and answers 503',
    inWorld(async (world) => {
      let fails = true
      const { receive } = await world.machine({
        fault: () => {
          if (fails) throw new Error('fails after the insert')
        },
      })
      expect(await receive('evt_1')).toBe(503)
      expect(await world.jobs()).toEqual([])
      expect(await world.events()).toEqual([])
      fails = false
      expect(await receive('evt_1')).toBe(200)
      expect(await world.jobs()).toHaveLength(1)
    }),
  )
})

describe.concurrent('workers', () => {
  it(
    'run what another machine has received, each event once',
    inWorld(async (world) => {
      const receiver = await world.machine()
      const workers = await Promise.all([1, 2, 3].map(() => world.machine()))
      await Promise.all(workers.map(({ engine, billing }) => engine.start(billing)))
      await Promise.all(ids(300).map((id) => receiver.receive(id)))
      await vi.waitFor(async () => {
        expect(await world.grants()).toHaveLength(300)
      }, WAIT)
      expect(new Set(await world.grants())).toEqual(new Set(ids(300)))
      await vi.waitFor(async () => {
        const states = (await world.jobs()).map(({ state }) => state)
        expect(new Set(states)).toEqual(new Set(['completed']))
      }, WAIT)
      expect(new Set((await world.events()).map(({ state }) => state))).toEqual(
        new Set(['processed']),
      )
    }),
  )

  it(
    'run at once what their own machine receives',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        engine: {
          work: { pollingIntervalSeconds: 600, notifyPollingIntervalSeconds: 600 },
        },
      })
      await engine.start(billing)
      await receive('evt_1')
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
    }),
  )

  it(
    'run one event of an object at a time, and count no attempt for those that wait',
    inWorld(async (world) => {
      const running = new Set<string>()
      let overlaps = 0
      const onEvent: Parameters<World['machine']>[0] = {
        engine: { work: { batchSize: 3 } },
        onEvent: async (event, { transaction }) => {
          const { id: object } = event.data.object as { id: string }
          if (running.has(object)) overlaps += 1
          running.add(object)
          await new Promise((resolve) => setTimeout(resolve, 20))
          running.delete(object)
          await transaction((tx) => grant(tx, event.id))
        },
      }
      const [receiver, other] = [
        await world.machine(onEvent),
        await world.machine(onEvent),
      ]
      for (const id of ids(24))
        await receiver.receive(id, `in_${Number(id.slice(4)) % 3}`)
      for (const { engine, billing } of [receiver, other]) await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toHaveLength(24)
      }, WAIT)
      expect(overlaps).toBe(0)
      expect((await world.events()).map(({ attempts }) => attempts)).toEqual(
        ids(24).map(() => 1),
      )
      expect((await world.jobs()).filter(({ retry_count }) => retry_count > 0)).toEqual(
        [],
      )
    }),
  )

  it(
    'run the events of an object in their order when there is one worker',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        engine: { work: { batchSize: 3, localConcurrency: 1 } },
      })
      for (const id of ids(10)) await receive(id, 'in_1')
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(ids(10))
      }, WAIT)
    }),
  )

  it(
    'do not run an event again whose job comes again',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine()
      await engine.start(billing)
      await receive('evt_1')
      await vi.waitFor(async () => {
        expect(await world.jobs()).toMatchObject([{ state: 'completed' }])
      }, WAIT)
      await world.query(
        "UPDATE pgboss.job SET state = 'created', completed_on = NULL, started_on = NULL",
      )
      await vi.waitFor(async () => {
        expect(await world.jobs()).toMatchObject([{ state: 'completed' }])
      }, WAIT)
      expect(await world.grants()).toEqual(['evt_1'])
    }),
  )

  it(
    'leave events of the other mode to its own workers',
    inWorld(async (world) => {
      const live = await world.machine({
        mode: 'live',
        allowLiveOutsideProduction: true,
      })
      const test = await world.machine()
      await test.engine.start(test.billing)
      expect(await live.receive('evt_live')).toBe(200)
      expect(await test.receive('evt_test')).toBe(200)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_test'])
      }, WAIT)
      expect(await world.jobs('countersign-live')).toMatchObject([{ state: 'created' }])
      await live.engine.start(live.billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_test', 'evt_live'])
      }, WAIT)
    }),
  )

  it(
    'send the messages of the outbox',
    inWorld(async (world) => {
      const sent: string[] = []
      const { receive, engine, billing } = await world.machine({
        outbox: { receipt: (_, { key }) => sent.push(key) },
        onEvent: ({ id }, context) =>
          context.transaction(async () => {
            await context.outbox({ topic: 'receipt', key: id, payload: {} })
          }),
      })
      await engine.start(billing)
      await receive('evt_1')
      await vi.waitFor(() => expect(sent).toEqual(['evt_1']), WAIT)
    }),
  )
})

describe.concurrent('a failing handler', () => {
  it(
    'is tried again after the delay of the queue, and costs no other event of its batch',
    inWorld(async (world) => {
      const times: number[] = []
      const { receive, engine, billing } = await world.machine({
        onEvent: async ({ id }, { attempt, transaction }) => {
          if (id === 'evt_0') {
            times.push(Date.now())
            if (attempt < 3) throw new Error('boom')
          }
          await transaction((tx) => grant(tx, id))
        },
      })
      for (const id of ids(10)) await receive(id)
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect((await world.grants()).toSorted()).toEqual(ids(10))
      }, WAIT)
      const [first = 0, second = 0, third = 0] = times
      expect(second - first).toBeGreaterThanOrEqual(900)
      expect(third - second).toBeGreaterThanOrEqual(900)
      expect(
        (await world.jobs()).map(({ retry_count }) => retry_count).toSorted(),
      ).toEqual([...ids(9).map(() => 0), 2])
    }),
  )

  it(
    'makes its event dead with the last attempt of its job, which goes to the dead letters',
    inWorld(async (world) => {
      let fails = true
      const { receive, engine, billing } = await world.machine({
        engine: { queue: { retryLimit: 1 } },
        onEvent: async ({ id }, { transaction }) => {
          if (fails) throw new Error('boom')
          await transaction((tx) => grant(tx, id))
        },
      })
      await engine.start(billing)
      await receive('evt_1')
      await vi.waitFor(async () => {
        expect(await world.jobs('countersign-test-dead')).toMatchObject([
          { state: 'created', data: keyOf('evt_1') },
        ])
      }, WAIT)
      expect(await world.events()).toMatchObject([
        { state: 'dead', attempts: 2, lastError: 'Error: boom' },
      ])
      expect(await world.jobs()).toMatchObject([{ state: 'failed', retry_count: 1 }])

      fails = false
      await billing.recovery.retry('evt_1')
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
      expect(await world.events()).toMatchObject([{ state: 'processed', attempts: 1 }])
    }),
  )
})

describe.concurrent('an event whose attempts are counted differently', () => {
  it(
    'is dead when pg-boss comes no more, although the inbox has counted fewer',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        onEvent: () => {
          throw new Error('boom')
        },
      })
      await receive('evt_1')
      await world.query('UPDATE pgboss.job SET retry_count = retry_limit')
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.jobs('countersign-test-dead')).toHaveLength(1)
      }, WAIT)
      expect(await world.events()).toMatchObject([{ state: 'dead', attempts: 1 }])
    }),
  )

  it(
    'is dead, and not run, when the inbox has counted all, although pg-boss would come again',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine()
      await receive('evt_1')
      await world.query('UPDATE countersign_events SET attempts = 10')
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.jobs('countersign-test-dead')).toHaveLength(1)
      }, WAIT)
      expect(await world.events()).toMatchObject([{ state: 'dead' }])
      expect(await world.grants()).toEqual([])
    }),
  )
})

describe.concurrent('a worker that ends', () => {
  it(
    'gives back what it holds, and another runs it at once, as its first attempt',
    inWorld(async (world) => {
      let entered = () => {}
      const isRunning = new Promise<void>((resolve) => {
        entered = resolve
      })
      const engine = { queue: { retryDelay: 600 } }
      const hanging = await world.machine({
        engine,
        onEvent: () => {
          entered()
          return new Promise(() => {})
        },
      })
      await hanging.receive('evt_1')
      await world.query('UPDATE pgboss.job SET retry_count = 3')
      await hanging.engine.start(hanging.billing)
      await isRunning
      const other = await world.machine({ engine })
      await other.engine.start(other.billing)
      await hanging.engine.stop({ graceMs: 0 })
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
      expect(await world.events()).toMatchObject([{ state: 'processed', attempts: 1 }])
      expect(await world.jobs()).toMatchObject([
        { state: 'completed', retry_count: 3, retry_limit: 9 },
        { retry_count: 0, retry_limit: 6 },
      ])
    }),
  )

  it(
    'without a word is missed when its job has expired',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        engine: { queue: { expireInSeconds: 1 } },
      })
      await receive('evt_1')
      // What a worker leaves behind that is killed when it has fetched.
      await world.query(
        "UPDATE pgboss.job SET state = 'active', started_on = now(), heartbeat_on = now()",
      )
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
    }),
  )
})

describe.concurrent('a job that is lost', () => {
  it(
    'is found missing at the start, and its event runs',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine()
      await receive('evt_1')
      await world.query('DELETE FROM pgboss.job')
      await world.query(
        'UPDATE countersign_events SET received_at = received_at - 300000',
      )
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
    }),
  )

  it(
    'is found missing later, for an event that has failed, too',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        retries: { firstMs: 1, maxMs: 1 },
        engine: { sweepMs: 200 },
        onEvent: async ({ id }, { attempt, transaction }) => {
          if (attempt === 1) throw new Error('boom')
          await transaction((tx) => grant(tx, id))
        },
      })
      await engine.start(billing)
      await receive('evt_1')
      await vi.waitFor(async () => {
        expect(await world.jobs()).toMatchObject([{ state: 'retry' }])
      }, WAIT)
      await world.query("DELETE FROM pgboss.job WHERE name = 'countersign-test'")
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
    }),
  )

  it(
    'is not added twice where one waits',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine({
        engine: { sweepMs: 1, work: { batchSize: 1, localConcurrency: 1 } },
        onEvent: () => new Promise((resolve) => setTimeout(resolve, 1_500)),
      })
      for (const id of ids(2)) await receive(id)
      await engine.start(billing)
      await new Promise((resolve) => setTimeout(resolve, 500))
      const waiting = (await world.jobs()).filter(({ state }) => state === 'created')
      expect(waiting.map(({ data }) => data)).toContainEqual(keyOf('evt_1'))
      expect(waiting.length).toBeLessThanOrEqual(2)
    }),
  )
})

describe.concurrent('engine.start', () => {
  it(
    'twice is once, and after stop it starts anew',
    inWorld(async (world) => {
      const { receive, engine, billing } = await world.machine()
      await Promise.all([engine.start(billing), engine.start(billing)])
      await engine.stop()
      await receive('evt_1')
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(await world.grants()).toEqual([])
      await engine.start(billing)
      await vi.waitFor(async () => {
        expect(await world.grants()).toEqual(['evt_1'])
      }, WAIT)
    }),
  )

  it(
    'puts the options of an existing queue right',
    inWorld(async (world) => {
      await (await world.machine()).receive('evt_1')
      const { engine, billing } = await world.machine({
        engine: { queue: { retryLimit: 4, notify: true } },
      })
      await engine.start(billing)
      const { rows } = await world.query(
        "SELECT retry_limit, notify, dead_letter FROM pgboss.queue WHERE name = 'countersign-test'",
      )
      expect(rows).toEqual([
        { retry_limit: 4, notify: true, dead_letter: 'countersign-test-dead' },
      ])
    }),
  )
})

import type { DueKind } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, type Instance, message } from '../store-context.ts'

/** What listeners were told while something ran. */
async function told(
  store: Instance,
  run: () => Promise<unknown>,
): Promise<readonly DueKind[]> {
  const kinds = new Set<DueKind>()
  const end = store.watch((due) => {
    kinds.add(due)
  })
  try {
    await run()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    end()
  }
  return [...kinds]
}

export const watches: readonly StoreStatement[] = [
  {
    id: 'store.watch.events',
    title: 'Who watches is told when an event has become due',
    async run({ store }) {
      const [event, dead] = [delivery(), delivery()]
      const recorded = await told(store, () => store.record(event, 'received', at(0)))
      expectEqual('what was told of a new event', recorded, ['event'])
      const lease = await claim(store, event)
      const back = await told(store, () =>
        store.release(lease, { state: 'received' }, at(0)),
      )
      expectEqual('what was told of one given back', back, ['event'])
      const retried = await claim(store, event)
      const end = { state: 'failed', error: 'boom', retryAt: at(1).now } as const
      const failed = await told(store, () => store.release(retried, end, at(0)))
      expectEqual('what was told of one that failed', failed, ['event'])
      await store.release(await claim(store, dead), { state: 'dead', error: 'b' }, at(0))
      const requeued = await told(store, () =>
        store.recovery.requeue([dead.key], { now: at(0).now, again: false }),
      )
      expectEqual('what was told of one asked for', requeued, ['event'])
    },
  },
  {
    id: 'store.watch.messages',
    title: 'Who watches is told when a message has become due',
    async run({ store }) {
      const lease = await claim(store)
      const plan = { messages: [message()] }
      const committed = await told(store, () => store.commit(lease, DONE, plan))
      expectEqual('what was told of a commit', committed, ['message'])
      const declared = [{ effect: 'declared', send: [message()] }]
      const inserted = await told(store, () =>
        store.claimAndCommit(delivery(), { ...DONE, declared }, at(0)),
      )
      expectEqual('what was told of a declared one', inserted, ['message'])
    },
  },
  {
    id: 'store.watch.after-commit',
    title: 'What a listener was told of can be claimed by then',
    async run({ store }) {
      const event = delivery()
      let claimed: Promise<number> | undefined
      const end = store.watch(() => {
        claimed ??= store
          .claimNext({ ...at(0), livemode: false, limit: 9 })
          .then(({ events }) => events.length)
      })
      await store.record(event, 'received', at(0))
      end()
      expectEqual('the number of events', await claimed, 1)
    },
  },
  {
    id: 'store.watch.ended',
    title: 'Who watches no more is told nothing',
    async run({ store }) {
      let count = 0
      const end = store.watch(() => {
        count += 1
      })
      end()
      end()
      await store.record(delivery(), 'received', at(0))
      expectEqual('the number of calls', count, 0)
    },
  },
]

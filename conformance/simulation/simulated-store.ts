import type { CommitResult, Store, StoreWork } from '@countersign/core'
import type { Database, SimulatedTransaction } from './database.ts'
import type { Row } from './ledger.ts'
import type { Life } from './scheduler.ts'
import { createCalls } from './store-calls.ts'
import type { World } from './world.ts'

/** The database as one process reaches it, with everything that takes effect written down. */
export function simulatedStore(
  world: World,
  database: Database,
  life: Life,
): Store<SimulatedTransaction> {
  const { store, ledger, messages, listeners } = database
  const call = createCalls(world, database, life)
  return {
    durable: true,

    claim: (delivery, options) =>
      call(`claim ${delivery.key.eventId}`, async () => {
        const claim = await store.claim(delivery, options)
        if (claim.status === 'claimed')
          ledger.claimed(delivery, claim.lease, life, options, false)
        return claim
      }),

    claimAndCommit: (delivery, mark, options) =>
      call(`claimAndCommit ${delivery.key.eventId}`, async () => {
        const claim = await store.claimAndCommit(delivery, mark, options)
        if (claim.status === 'claimed')
          ledger.claimed(delivery, claim.lease, life, options, false)
        if (claim.status === 'committed') ledger.committedAtOnce(delivery)
        return claim
      }),

    record: (delivery, state, options) =>
      call(`record ${delivery.key.eventId} ${state}`, async () => {
        const recorded = await store.record(delivery, state, options)
        if (recorded === 'stored') ledger.stored(delivery)
        return recorded
      }),

    claimNext: (options) =>
      call('claimNext', async () => {
        const batch = await store.claimNext(options)
        for (const { delivery, lease } of batch.events)
          ledger.claimed(delivery, lease, life, options, true)
        return batch
      }),

    commit: <T>(
      lease: Parameters<Store<SimulatedTransaction>['commit']>[0],
      mark: Parameters<Store<SimulatedTransaction>['commit']>[1],
      work?: StoreWork<SimulatedTransaction, T>,
    ): Promise<CommitResult<T>> =>
      call(
        `commit ${lease.key.eventId} ${mark.handler} ${mark.state}`,
        async () => {
          const rows: Row[] = []
          const application = { insert: (row: Row) => void rows.push(row) }
          const result = await store.commit<T>(
            lease,
            mark,
            work && ((_, { effect, outbox }) => work(application, { effect, outbox })),
          )
          if (result.committed) ledger.committed(lease, mark, rows)
          return result
        },
        // What runs in a process that has crashed commits nothing.
        work === undefined,
      ),

    release: (lease, end, options) =>
      call(`release ${lease.key.eventId} ${end.state}`, async () => {
        await store.release(lease, end, options)
        ledger.released(lease, end, options.now)
      }),

    watch(listener) {
      const entry = { life, listener }
      listeners.add(entry)
      return () => listeners.delete(entry)
    },

    outbox: {
      claimNext: (options) =>
        call('outbox.claimNext', async () => {
          const batch = await store.outbox.claimNext(options)
          for (const message of batch.messages) messages.claimed(message)
          return batch
        }),
      settle: (message, result, options) =>
        call(`outbox.settle ${message.key} ${result.state}`, async () => {
          await store.outbox.settle(message, result, options)
          messages.settled(message, result.state)
        }),
    },

    mirror: {
      ...store.mirror,
      takeTicket: () => call('takeTicket', () => store.mirror.takeTicket()),
    },

    recovery: store.recovery,
  }
}

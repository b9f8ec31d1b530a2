import { type MirrorRow, type MirrorWrite, mergeMirror } from '@countersign/core'
import { expectEqual, expectTrue } from '../expect.ts'
import { customer, fetched, subscription } from '../mirror-writes.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, type Instance } from '../store-context.ts'

const scope = { livemode: false, account: '' }

async function write(
  store: Instance,
  mirror: MirrorWrite,
  key: { livemode?: boolean; account?: string } = {},
): Promise<void> {
  await store.commit(await claim(store, delivery({ key })), { ...DONE, mirror })
}

/** The row that these writes make, by the pure function that every store uses. */
function merged(...writes: readonly MirrorWrite[]): MirrorRow | undefined {
  let row: MirrorRow | undefined
  for (const next of writes) row = mergeMirror(row, next, DONE.now) ?? row
  return row
}

function emailOf(row: MirrorRow | undefined): unknown {
  return row?.data.kind === 'customer' ? row.data.email : row
}

export const mirrors: readonly StoreStatement[] = [
  {
    id: 'store.ticket.rising',
    title:
      'Tickets rise, also when two processes take them at once, and none comes twice',
    async run({ store, open }) {
      const stores = [store, await open()]
      let highest = 0
      for (let round = 0; round < 3; round += 1) {
        const tickets = await Promise.all(
          Array.from({ length: 12 }, (_, index) =>
            (stores[index % 2] ?? store).mirror.takeTicket(),
          ),
        )
        expectEqual('different tickets', new Set(tickets).size, 12)
        const lowest = Math.min(...tickets)
        expectTrue(`tickets after ${highest}`, lowest > highest, tickets)
        highest = Math.max(...tickets)
      }
    },
  },
  {
    id: 'store.mirror.committed',
    title: 'What a commit writes to the mirror can be found',
    async run({ store }) {
      const first = fetched(1, customer('cus_1', 'a@example.com'))
      await write(store, first)
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', row, merged(first))
      const mark = { ...DONE, mirror: fetched(2, customer('cus_2', 'b@example.com')) }
      await store.claimAndCommit(delivery(), mark, at(0))
      const other = await store.mirror.find(scope, 'customer', 'cus_2')
      expectEqual('the row of the other commit', other, merged(mark.mirror))
    },
  },
  {
    id: 'store.mirror.any-text',
    title: 'Whatever Stripe has in a text can be kept',
    async run({ store }) {
      const first = fetched(1, customer('cus_1', 'é 日本 𝄞 \u0000 \ud834 \\u0000 "'))
      await write(store, first)
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', row, merged(first))
    },
  },
  {
    id: 'store.mirror.inserted-at-once',
    title:
      'Of many new events that write one row at once, in two processes, the latest ticket wins',
    async run({ store, open }) {
      const stores = [store, await open()]
      const tickets = [4, 9, 1, 12, 3, 8, 2, 11, 6, 10, 5, 7]
      await Promise.all(
        tickets.map((ticket, index) => {
          const mirror = fetched(ticket, customer('cus_1', `by ${ticket}`))
          const one = stores[index % 2] ?? store
          return one.claimAndCommit(delivery(), { ...DONE, mirror }, at(0))
        }),
      )
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', emailOf(row), 'by 12')
    },
  },
  {
    id: 'store.mirror.order',
    title: 'Writes are merged: one of an earlier ticket changes nothing',
    async run({ store }) {
      const [early, late] = [
        fetched(7, customer('cus_1', 'old')),
        fetched(8, customer('cus_1', 'new')),
      ]
      for (const next of [late, late, early]) await write(store, next)
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', row, merged(late))
    },
  },
  {
    id: 'store.mirror.concurrent',
    title: 'Of many who write one row at once, in two processes, the latest ticket wins',
    async run({ store, open }) {
      const stores = [store, await open()]
      const tickets = [4, 9, 1, 12, 3, 8, 2, 11, 6, 10, 5, 7]
      await Promise.all(
        tickets.map((ticket, index) =>
          write(
            stores[index % 2] ?? store,
            fetched(ticket, customer('cus_1', `by ${ticket}`)),
          ),
        ),
      )
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', emailOf(row), 'by 12')
    },
  },
  {
    id: 'store.mirror.scope',
    title: 'Rows are apart by mode, by account and by kind',
    async run({ store }) {
      const live = { livemode: true, account: '' }
      const connected = { livemode: false, account: 'acct_1' }
      await write(store, fetched(1, customer('id_1', 'test')))
      await write(store, fetched(2, customer('id_1', 'live')), live)
      await write(store, fetched(3, customer('id_1', 'connected')), connected)
      await write(store, fetched(4, subscription('id_1', 'cus_1')))
      const emails = []
      for (const one of [scope, live, connected]) {
        emails.push(emailOf(await store.mirror.find(one, 'customer', 'id_1')))
      }
      expectEqual('the rows', emails, ['test', 'live', 'connected'])
      const kinds = [
        (await store.mirror.find(scope, 'subscription', 'id_1'))?.data.kind,
        (await store.mirror.find(scope, 'invoice', 'id_1'))?.data.kind,
        (await store.mirror.find(live, 'subscription', 'id_1'))?.data.kind,
      ]
      expectEqual('the kinds', kinds, ['subscription', undefined, undefined])
    },
  },
  {
    id: 'store.mirror.by-customer',
    title: 'The rows of a customer are found by its id, in the order of theirs',
    async run({ store }) {
      const rows: readonly [string, string][] = [
        ['sub_b', 'cus_1'],
        ['sub_B', 'cus_1'],
        ['sub_c', 'cus_2'],
        ['sub_a', 'cus_1'],
      ]
      for (const [index, [id, of]] of rows.entries()) {
        await write(store, fetched(index + 1, subscription(id, of)))
      }
      await write(store, fetched(9, customer('cus_1', 'a')))
      await write(store, fetched(10, subscription('sub_d', 'cus_1')), { livemode: true })
      await write(store, fetched(11, subscription('sub_e', 'cus_1')), {
        account: 'acct_1',
      })
      const found = async (kind: 'customer' | 'subscription' | 'invoice') =>
        (await store.mirror.findByCustomer(scope, kind, 'cus_1')).map(
          ({ data }) => data.id,
        )
      const got = [
        await found('subscription'),
        await found('customer'),
        await found('invoice'),
      ]
      expectEqual('the rows', got, [['sub_B', 'sub_a', 'sub_b'], ['cus_1'], []])
    },
  },
  {
    id: 'store.mirror.moved',
    title: 'A row that has changed its customer is found by the new one alone',
    async run({ store }) {
      await write(store, fetched(1, subscription('sub_a', 'cus_1')))
      await write(store, fetched(2, subscription('sub_a', 'cus_2')))
      const count = async (of: string) =>
        (await store.mirror.findByCustomer(scope, 'subscription', of)).length
      const counts = [await count('cus_1'), await count('cus_2')]
      expectEqual('the numbers of rows', counts, [0, 1])
    },
  },
  {
    id: 'store.mirror.not-committed',
    title: 'Who loses the lease, or throws, writes nothing to the mirror',
    async run({ store }) {
      const mirror = fetched(1, customer('cus_1', 'a'))
      const lease = await claim(store)
      const thrown = store.commit(
        lease,
        { ...DONE, mirror },
        {
          last: () => {
            throw new Error('boom')
          },
        },
      )
      await thrown.catch(() => {})
      await store.release(lease, { state: 'received' }, at(0))
      await store.commit(lease, { ...DONE, mirror })
      const row = await store.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', row, undefined)
    },
  },
]

import type { EventKey } from '@countersign/core'
import { expectEqual, expectTrue } from '../expect.ts'
import type { Inside } from '../planned-work.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, type Instance, message } from '../store-context.ts'

/** Which of these effects are new to an event of this mode and account. */
async function record(
  store: Instance,
  effects: readonly string[],
  key: Partial<EventKey> = {},
): Promise<readonly boolean[] | undefined> {
  const result = await store.commit(await claim(store, delivery({ key })), DONE, {
    effects,
  })
  return result.committed ? result.value?.effects : undefined
}

async function waiting(store: Instance, livemode = false): Promise<readonly string[]> {
  const { messages } = await store.outbox.claimNext({ ...at(0), livemode, limit: 99 })
  return messages.map(({ account, key }) => `${account} ${key}`).sort()
}

export const effects: readonly StoreStatement[] = [
  {
    id: 'store.effect.once',
    title: 'An effect is new once, within a transaction and across events',
    async run({ store }) {
      const first = await record(store, ['paid in_1', 'paid in_1', 'paid in_2'])
      expectEqual('what is new at first', first, [true, false, true])
      const second = await record(store, [
        'paid in_1',
        'paid in_3',
        'Paid in_1',
        'paid in_1 ',
      ])
      expectEqual('what is new then', second, [false, true, true, true])
    },
  },
  {
    id: 'store.effect.exactly-one',
    title: 'Of many events that have one effect at once, in two processes, one has it',
    async run({ store, open }) {
      const stores = [store, await open()]
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          record(stores[index % 2] ?? store, ['one']),
        ),
      )
      const expected = [...Array<boolean>(15).fill(false), true]
      expectEqual('what is new', results.flat().sort(), expected)
    },
  },
  {
    id: 'store.effect.of-another-that-throws',
    title:
      'An effect of a callback that throws is new to another that runs at the same time',
    async run({ store }) {
      const leases = []
      for (let index = 0; index < 8; index += 1) leases.push(await claim(store))
      const results = await Promise.allSettled(
        leases.map((lease, index) =>
          store.commit(lease, DONE, {
            effects: ['one'],
            last: () => {
              if (index % 2 === 0) throw new Error('boom')
            },
          }),
        ),
      )
      const fulfilled = results.filter((result) => result.status === 'fulfilled')
      const isNew = fulfilled.flatMap(({ value }) =>
        value.committed ? value.value?.effects : undefined,
      )
      expectEqual('what is new', isNew.sort(), [false, false, false, true])
      expectEqual('what is new then', await record(store, ['one']), [false])
    },
  },
  {
    id: 'store.effect.of-a-slow-one-that-throws',
    title:
      'Who is told that an effect is not new can rely on it, though the other one throws in the end',
    needs: ['reader'],
    transactions: 'async',
    async run({ store, read }) {
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
      const leases = []
      for (const _ of [...keys, ...keys]) leases.push(await claim(store))
      await Promise.allSettled(
        leases.map((lease, index) => {
          const key = keys[index >> 1] ?? ''
          if (index % 2 === 1) {
            const last = async ({ insertRow, effect }: Inside) => {
              await insertRow(key)
              await effect(key)
            }
            return store.commit(lease, DONE, { last })
          }
          const last = async () => {
            for (let turn = 0; turn < 20; turn += 1) await read()
            throw new Error('boom')
          }
          return store.commit(lease, DONE, { effects: [key], last })
        }),
      )
      const { rows } = await read()
      expectEqual('the rows of those that committed', [...rows].sort(), keys)
      const then = await record(store, keys)
      expectEqual('what is new then', then, Array<boolean>(8).fill(false))
    },
  },
  {
    id: 'store.effect.crossed',
    title:
      'Of events that have the same effects in opposite orders at once, one commits, and the others when they are tried again',
    async run({ store }) {
      const commits = []
      for (let index = 0; index < 16; index += 1) {
        const lease = await claim(store)
        const effects = index % 2 === 0 ? ['left', 'right'] : ['right', 'left']
        commits.push(() => store.commit(lease, DONE, { effects }))
      }
      const results = await Promise.allSettled(commits.map((commit) => commit()))
      const rejected = results.filter(({ status }) => status === 'rejected')
      const isOne = rejected.length < results.length
      expectTrue('at least one that commits', isOne, rejected)
      for (const [index, commit] of commits.entries()) {
        if (results[index]?.status === 'rejected') await commit()
      }
      const then = await record(store, ['left', 'right'])
      expectEqual('what is new then', then, [false, false])
    },
  },
  {
    id: 'store.effect.by-mode',
    title: 'An effect of the test mode is none of the live mode',
    async run({ store }) {
      await record(store, ['paid in_1'])
      const live = await record(store, ['paid in_1'], { livemode: true })
      expectEqual('what is new in the other mode', live, [true])
    },
  },
  {
    id: 'store.effect.by-account',
    title: 'An effect of one account is none of another',
    async run({ store }) {
      await record(store, ['paid in_1'], { account: 'acct_1' })
      const platform = await record(store, ['paid in_1'])
      const other = await record(store, ['paid in_1'], { account: 'acct_2' })
      expectEqual('what is new for the others', [platform, other], [[true], [true]])
    },
  },
  {
    id: 'store.effect.declared',
    title:
      'A declared effect acts as one of the callback does, and sends only when it is new',
    async run({ store }) {
      await record(store, ['known'])
      const [a, b, c] = [message(), message(), message()]
      const declared = [
        { effect: 'known', send: [a] },
        { effect: 'new', send: [b, c] },
        { effect: 'alone' },
      ]
      await store.commit(await claim(store), { ...DONE, declared })
      expectEqual('the messages', await waiting(store), [` ${b.key}`, ` ${c.key}`].sort())
      const then = await record(store, ['known', 'new', 'alone'])
      expectEqual('what is new then', then, [false, false, false])
    },
  },
  {
    id: 'store.effect.declared-at-once',
    title:
      'Of many new events that declare one effect at once, in two processes, one sends',
    async run({ store, open }) {
      const stores = [store, await open()]
      const inserted = await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          const declared = [{ effect: 'one', send: [message()] }]
          const one = stores[index % 2] ?? store
          const mark = { ...DONE, declared }
          return (await one.claimAndCommit(delivery(), mark, at(0))).status
        }),
      )
      expectEqual('the answers', inserted, Array<'committed'>(16).fill('committed'))
      expectEqual('the number of messages', (await waiting(store)).length, 1)
    },
  },
  {
    id: 'store.message.once',
    title: 'A message is written once for its key, also after it was sent',
    async run({ store }) {
      const first = message()
      const write = async () => {
        const plan = { messages: [first, { ...first, payload: 'other' }] }
        const result = await store.commit(await claim(store), DONE, plan)
        return result.committed ? result.value?.messages : undefined
      }
      expectEqual('what is new at first', await write(), [true, false])
      const batch = await store.outbox.claimNext({ ...at(0), livemode: false, limit: 9 })
      const payloads = batch.messages.map(({ payload }) => payload)
      expectEqual('the payloads', payloads, [first.payload])
      for (const one of batch.messages) {
        await store.outbox.settle(one, { state: 'sent' }, at(0))
      }
      expectEqual('what is new then', await write(), [false, false])
      expectEqual('the messages then', await waiting(store), [])
    },
  },
  {
    id: 'store.message.by-scope',
    title: 'One key in two modes or two accounts is two messages',
    async run({ store }) {
      const one = message({ key: 'receipt' })
      for (const key of [{}, { account: 'acct_1' }, { livemode: true }]) {
        await store.commit(await claim(store, delivery({ key })), DONE, {
          messages: [one],
        })
      }
      expectEqual('the messages', await waiting(store), [' receipt', 'acct_1 receipt'])
      expectEqual('those of the live mode', await waiting(store, true), [' receipt'])
    },
  },
]

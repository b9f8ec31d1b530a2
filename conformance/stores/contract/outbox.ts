import type { ClaimedMessage, OutboxMessage } from '@countersign/core'
import { expectEqual, expectTrue } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  LEASE_MS,
  message,
} from '../store-context.ts'

const anything = { livemode: false, limit: 99 } as const

/** Writes new messages, each in a transaction of its own. */
async function written(
  store: Instance,
  count: number,
): Promise<readonly OutboxMessage[]> {
  const messages = Array.from({ length: count }, () => message())
  for (const one of messages) {
    await store.commit(await claim(store), DONE, { messages: [one] })
  }
  return messages
}

async function next(store: Instance, afterMs = 0): Promise<readonly ClaimedMessage[]> {
  return (await store.outbox.claimNext({ ...at(afterMs), ...anything })).messages
}

const keyOf = ({ key }: OutboxMessage) => key

export const outboxes: readonly StoreStatement[] = [
  {
    id: 'store.outbox.as-written',
    title: 'A message comes out as it was written, with its mode and account',
    async run({ store }) {
      const one = message({ payload: { list: [1, 'a', null, true, { b: 0.5 }] } })
      const event = delivery({ key: { account: 'acct_1' } })
      await store.commit(await claim(store, event), DONE, { messages: [one] })
      const got = (await next(store)).map(({ id: _, token: __, ...rest }) => rest)
      const expected = { ...one, livemode: false, account: 'acct_1', attempt: 1 }
      expectEqual('the messages', got, [expected])
    },
  },
  {
    id: 'store.outbox.any-payload',
    title: 'Anything that JSON can hold is a payload',
    async run({ store }) {
      const text = 'é 日本 𝄞 \u0000 \ud834 \\u0000 "'
      const payloads = [
        null,
        false,
        0,
        '',
        text,
        [],
        {},
        { [text]: [text] },
        'x'.repeat(300_000),
      ]
      const messages = payloads.map((payload) => message({ payload }))
      await store.commit(await claim(store), DONE, { messages })
      const got = (await next(store)).map(({ payload }) => payload)
      expectEqual('the payloads', got, payloads)
    },
  },
  {
    id: 'store.outbox.oldest-first',
    title: 'The oldest messages are sent first, and no more than were asked for',
    async run({ store }) {
      const keys = (await written(store, 4)).map(keyOf)
      const first = await store.outbox.claimNext({ ...at(0), ...anything, limit: 3 })
      expectEqual('the first batch', first.messages.map(keyOf), keys.slice(0, 3))
      expectEqual('the second batch', (await next(store)).map(keyOf), keys.slice(3))
    },
  },
  {
    id: 'store.outbox.by-mode',
    title: 'Who sends gets messages of its mode alone',
    async run({ store }) {
      const event = delivery({ key: { livemode: true } })
      const one = message()
      await store.commit(await claim(store, event), DONE, { messages: [one] })
      expectEqual('the messages of the test mode', await next(store), [])
      const batch = await store.outbox.claimNext({
        ...at(0),
        ...anything,
        livemode: true,
      })
      const got = batch.messages.map(({ livemode, key }) => ({ livemode, key }))
      expectEqual('those of the live mode', got, [{ livemode: true, key: one.key }])
    },
  },
  {
    id: 'store.outbox.exactly-one',
    title: 'Of many who send at once, in two processes, no two get the same message',
    async run({ store, open }) {
      const stores = [store, await open()]
      const keys = (await written(store, 12)).map(keyOf)
      const batches = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (stores[index % 2] ?? store).outbox.claimNext({
            ...at(0),
            ...anything,
            limit: 3,
          }),
        ),
      )
      const got = batches.flatMap(({ messages }) => messages.map(keyOf))
      const rest = await next(store)
      const all = [...got, ...rest.map(keyOf)].sort()
      expectEqual('the messages', all, [...keys].sort())
    },
  },
  {
    id: 'store.outbox.lease',
    title: 'A message that was not settled is due again when its lease ends',
    async run({ store }) {
      await written(store, 1)
      const [first] = await next(store)
      expectEqual('the messages before', await next(store, LEASE_MS - 1), [])
      const [second] = await next(store, LEASE_MS)
      expectEqual('the attempt', second?.attempt, 2)
      const isGrown = (second?.token ?? 0) > (first?.token ?? 0)
      expectTrue('a token that has grown', isGrown, [first?.token, second?.token])
    },
  },
  {
    id: 'store.outbox.clock-jumped-back',
    title: 'A message that was leased before the clock jumped back is sent all the same',
    async run({ store }) {
      const keys = (await written(store, 1)).map(keyOf)
      await next(store, 86_400_000)
      expectEqual('the messages after the jump', (await next(store)).map(keyOf), keys)
    },
  },
  {
    id: 'store.outbox.clock-ahead',
    title:
      'Who sends, and whose clock is behind by a lease, takes no message that is leased',
    async run({ store }) {
      await written(store, 1)
      await next(store, LEASE_MS)
      expectEqual('the messages', await next(store), [])
    },
  },
  {
    id: 'store.outbox.settled',
    title: 'A message that was sent, or given up, is not sent again',
    async run({ store }) {
      await written(store, 2)
      const [sent, dead] = await next(store)
      if (sent === undefined || dead === undefined) return expectTrue('two', false, sent)
      await store.outbox.settle(sent, { state: 'sent' }, at(0))
      await store.outbox.settle(dead, { state: 'dead', error: 'a\u0000b' }, at(0))
      const batch = await store.outbox.claimNext({ ...at(2 * LEASE_MS), ...anything })
      expectEqual('the batch', batch, { messages: [], nextDueAt: undefined })
    },
  },
  {
    id: 'store.outbox.failed',
    title: 'A message that failed is due at the time of its retry',
    async run({ store }) {
      await written(store, 1)
      const [first] = await next(store)
      if (first === undefined) return expectTrue('a message', false, first)
      const retryAt = at(500).now
      await store.outbox.settle(first, { state: 'failed', error: 'boom', retryAt }, at(0))
      expectEqual('the messages before the retry', await next(store, 499), [])
      const attempts = (await next(store, 500)).map(({ attempt }) => attempt)
      expectEqual('the attempts then', attempts, [2])
    },
  },
  {
    id: 'store.outbox.stale',
    title: 'Who has lost a message to another settles nothing',
    async run({ store }) {
      await written(store, 1)
      const [slow] = await next(store)
      const [fast] = await next(store, LEASE_MS)
      if (slow === undefined || fast === undefined) return expectTrue('two', false, fast)
      await store.outbox.settle(slow, { state: 'sent' }, at(LEASE_MS))
      const retryAt = at(LEASE_MS + 5).now
      const end = { state: 'failed', error: 'boom', retryAt } as const
      await store.outbox.settle(fast, end, at(LEASE_MS))
      const attempts = (await next(store, LEASE_MS + 5)).map(({ attempt }) => attempt)
      expectEqual('the attempts then', attempts, [3])
    },
  },
  {
    id: 'store.outbox.next-due',
    title: 'Who gets less than asked for is told when a message is due next',
    async run({ store }) {
      const nextDueAt = async (afterMs: number) =>
        (await store.outbox.claimNext({ ...at(afterMs), ...anything })).nextDueAt
      expectEqual('the time, when nothing waits', await nextDueAt(0), undefined)
      await written(store, 1)
      const [first] = await next(store)
      expectEqual('the end of the lease', await nextDueAt(1), at(LEASE_MS).now)
      if (first === undefined) return
      const retryAt = at(500).now
      await store.outbox.settle(first, { state: 'failed', error: 'boom', retryAt }, at(0))
      expectEqual('the time of the retry', await nextDueAt(1), retryAt)
    },
  },
]

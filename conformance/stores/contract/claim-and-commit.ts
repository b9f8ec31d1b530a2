import type { CommitMark } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  message,
  processed,
  recordOf,
} from '../store-context.ts'

const CALLERS = 24

/** The keys of all messages that wait, of the test mode. */
async function waitingMessages(store: Instance): Promise<readonly string[]> {
  const { messages } = await store.outbox.claimNext({
    ...at(0),
    livemode: false,
    limit: 99,
  })
  return messages.map(({ key }) => key)
}

export const claimsAndCommits: readonly StoreStatement[] = [
  {
    id: 'store.claim-and-commit.new',
    title: 'A new event is inserted as done',
    async run({ store }) {
      const event = delivery()
      const answer = await store.claimAndCommit(event, DONE, at(0))
      expectEqual('the answer', answer, { status: 'committed' })
      expectEqual('then', await store.claim(event, at(0)), { status: 'processed' })
      const { state, hasBody } = await recordOf(store, event.key)
      expectEqual('the event', { state, hasBody }, { state: 'processed', hasBody: true })
    },
  },
  {
    id: 'store.claim-and-commit.exactly-one',
    title: 'Of many who do it at once, in two processes, exactly one commits',
    async run({ store, open }) {
      const stores = [store, await open()]
      const event = delivery()
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, (_, caller) =>
          stores[caller % 2]?.claimAndCommit(event, DONE, at(0)),
        ),
      )
      expectEqual('the answers', answers.map((answer) => answer?.status).sort(), [
        'committed',
        ...Array<'processed'>(CALLERS - 1).fill('processed'),
      ])
    },
  },
  {
    id: 'store.claim-and-commit.declared',
    title: 'Declared effects act once, and their messages are written only then',
    async run({ store }) {
      const [first, second] = [message(), message()]
      const mark = (send: typeof first): CommitMark => ({
        ...DONE,
        declared: [{ effect: 'invoice in_1', send: [send] }],
      })
      await store.claimAndCommit(delivery(), mark(first), at(0))
      await store.claimAndCommit(delivery(), mark(second), at(0))
      expectEqual('the messages', await waitingMessages(store), [first.key])
      const again = await store.commit(await claim(store), DONE, {
        effects: ['invoice in_1'],
      })
      expectEqual('the effect afterwards', again.committed && again.value?.effects, [
        false,
      ])
    },
  },
  {
    id: 'store.claim-and-commit.known',
    title: 'Of a known event nothing is committed, and it is claimed as by claim',
    async run({ store }) {
      const sent = message()
      const mark = { ...DONE, declared: [{ effect: 'known', send: [sent] }] }
      const [waiting, leased, done] = [delivery(), delivery(), delivery()]
      await store.record(waiting, 'received', at(0))
      await claim(store, leased)
      await processed(store, done)
      const answers = []
      for (const event of [waiting, leased, done]) {
        answers.push((await store.claimAndCommit(event, mark, at(0))).status)
      }
      expectEqual('the answers', answers, ['claimed', 'in_flight', 'processed'])
      expectEqual('the messages', await waitingMessages(store), [])
      const then = await store.claim(waiting, at(0))
      expectEqual('the answer then', then.status, 'in_flight')
    },
  },
  {
    id: 'store.claim-and-commit.lease',
    title: 'The lease of a known event can be committed',
    async run({ store }) {
      const event = delivery()
      await store.record(event, 'received', at(0))
      const answer = await store.claimAndCommit(event, DONE, at(0))
      if (answer.status === 'claimed') await store.commit(answer.lease, DONE)
      const then = await store.claim(event, at(0))
      expectEqual('the answer after the commit', then.status, 'processed')
    },
  },
]

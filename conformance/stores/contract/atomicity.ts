import { expectEqual, expectTrue } from '../expect.ts'
import { customer, fetched } from '../mirror-writes.ts'
import type { Plan } from '../planned-work.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, LEASE_MS, message } from '../store-context.ts'
import type { RawState } from '../subject.ts'

/** A commit that writes into every table, with its own keys. */
function everything(name: string) {
  const id = `cus_${name}`
  const mark = {
    ...DONE,
    declared: [
      { effect: `declared ${name}`, send: [message({ key: `declared ${name}` })] },
    ],
    mirror: fetched(1, customer(id)),
  }
  const plan: Plan = {
    effects: [`effect ${name}`],
    messages: [message({ key: `message ${name}` })],
    rows: [`row ${name}`],
  }
  return { mark, plan }
}

/** What a commit has left in the tables, by the names of {@link everything}. */
function leftBy({ effects, messages, mirror, rows, events }: RawState) {
  return {
    effects: effects.map(({ key }) => key).sort(),
    messages: messages.map(({ key }) => key).sort(),
    mirror: mirror.map(({ id }) => id).sort(),
    rows: [...rows].sort(),
    done: events.filter(({ state }) => state === 'processed').length,
  }
}

const ALL_OF_A = {
  effects: ['declared a', 'effect a'],
  messages: ['declared a', 'message a'],
  mirror: ['cus_a'],
  rows: ['row a'],
  done: 1,
}
const NOTHING = { effects: [], messages: [], mirror: [], rows: [], done: 0 }

export const atomicities: readonly StoreStatement[] = [
  {
    id: 'store.atomic.all',
    title:
      'A commit writes the mark, effects, messages, mirror and the rows of its callback together',
    needs: ['reader'],
    async run({ store, read }) {
      const { mark, plan } = everything('a')
      let inside: Promise<RawState> | undefined
      const last = () => {
        inside = read()
        return inside
      }
      await store.commit(await claim(store), mark, { ...plan, last })
      const during = await inside
      expectTrue('a callback that ran', during !== undefined, during)
      expectEqual('what stands there before the end', during && leftBy(during), NOTHING)
      expectEqual('what stands there afterwards', leftBy(await read()), ALL_OF_A)
    },
  },
  {
    id: 'store.atomic.throws',
    title: 'A callback that throws leaves nothing, the rows that it wrote included',
    needs: ['reader'],
    async run({ store, read }) {
      const { mark, plan } = everything('a')
      const last = () => {
        throw new Error('boom')
      }
      const thrown = store.commit(await claim(store), mark, { ...plan, last })
      await thrown.catch(() => {})
      expectEqual('what stands there', leftBy(await read()), NOTHING)
    },
  },
  {
    id: 'store.atomic.lost-lease',
    title:
      'A commit of somebody who lost the lease leaves nothing, the rows of its callback included',
    needs: ['reader'],
    async run({ store, read }) {
      const { mark, plan } = everything('a')
      const event = delivery()
      const slow = await claim(store, event, at(0))
      await claim(store, event, at(LEASE_MS))
      await store.commit(slow, mark, plan)
      expectEqual('what stands there', leftBy(await read()), NOTHING)
    },
  },
  {
    id: 'store.atomic.taken-over-meanwhile',
    title:
      'Of one who commits late, and one who takes the event over at that moment, one acts',
    needs: ['reader'],
    async run({ store, open, read }) {
      const other = await open()
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const event = delivery()
          const slow = await claim(store, event, at(0))
          const { mark, plan } = everything(`${index}`)
          const commit = async () => (await store.commit(slow, mark, plan)).committed
          const take = async () =>
            (await other.claim(event, at(LEASE_MS))).status === 'claimed'
          // Each is first in half of the cases.
          const [one, two] = index % 2 === 0 ? [take, commit] : [commit, take]
          const first = one()
          await new Promise((resolve) => setImmediate(resolve))
          return Number(await first) + Number(await two())
        }),
      )
      expectEqual('how many acted', outcomes, Array<number>(8).fill(1))
      const { done, rows } = leftBy(await read())
      expectEqual('as many rows as events that are done', rows.length, done)
    },
  },
  {
    id: 'store.atomic.neighbours',
    title: 'Of many commits at once, those that throw leave nothing, and the others all',
    needs: ['reader'],
    async run({ store, read }) {
      const names = ['b', 'a', 'c', 'd']
      const leases = await Promise.all(names.map(() => claim(store)))
      await Promise.allSettled(
        leases.map((lease, index) => {
          const { mark, plan } = everything(names[index] ?? '')
          const last = () => {
            if (index !== 1) throw new Error('boom')
          }
          return store.commit(lease, mark, { ...plan, last })
        }),
      )
      expectEqual('what stands there', leftBy(await read()), ALL_OF_A)
    },
  },
  {
    id: 'store.atomic.claim-and-commit',
    title:
      'A new event is inserted as done together with its body, effects, messages and mirror',
    needs: ['reader'],
    async run({ store, read }) {
      const { mark } = everything('a')
      await store.claimAndCommit(delivery(), mark, at(0))
      const state = await read()
      expectEqual('what stands there', leftBy(state), {
        ...ALL_OF_A,
        effects: ['declared a'],
        messages: ['declared a'],
        rows: [],
      })
      const bodies = state.events.filter(({ body }) => body !== null)
      expectEqual('the number of bodies', bodies.length, 1)
    },
  },
]

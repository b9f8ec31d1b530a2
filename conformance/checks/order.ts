import { type Check, check } from '../src/catalogue/check.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import {
  deliverInOrder,
  expectStatusOf,
  subscriptionHistory,
} from './subscription-history.ts'

const DUPLICATE = 'webhook.idempotency.duplicate-once'
const BY_TYPE = 'webhook.dispatch.by-type'
const DEPENDS_ON = [DUPLICATE, BY_TYPE]

const HINT =
  '`created` has whole seconds, so within one it tells nothing: there `previous_attributes` says which event replaced the state of which, and what is canceled stays so. A target with `createHarness` gives it `{ mirror: store.mirror }`.'

/** Subscriptions whose events come in another order than they were made in. */
export const order: readonly Check[] = [
  check({
    id: 'webhook.dispatch.late-event-never-regresses',
    requirement: 'WH-ORDER-02',
    title: 'An older event about a subscription that comes late changes nothing',
    dependsOn: DEPENDS_ON,
    hint: 'Compare `created` with that of the newest event that you have seen of the object.',
    run: async (t) => {
      const lives = [
        ['incomplete', 'active'],
        ['active', 'past_due'],
        ['active', 'past_due', 'active'],
        ['active', 'canceled'],
      ]
      await Promise.all(
        lives.map(async (statuses) => {
          const steps = statuses.map((status, index) => ({ status, after: index * 10 }))
          const { owner, events } = subscriptionHistory(t, steps)
          const sent = events.toReversed()
          await deliverInOrder(t, sent)
          await expectStatusOf(t, owner, statuses.at(-1) ?? '', sent)
        }),
      )
    },
  }),
  check({
    id: 'webhook.dispatch.permutations-of-three',
    requirement: 'WH-ORDER-02',
    title:
      'A subscription that is created, updated and deleted within one second is canceled in the end, in whatever order its events come',
    dependsOn: DEPENDS_ON,
    hint: HINT,
    run: (t) => expectSameEnd(t, ['incomplete', 'active', 'canceled']),
  }),
  check({
    id: 'webhook.dispatch.permutations-of-four',
    requirement: 'WH-ORDER-02',
    title:
      'A subscription that is created, updated twice and deleted within one second is canceled in the end, in whatever order its events come',
    dependsOn: DEPENDS_ON,
    hint: HINT,
    run: (t) => expectSameEnd(t, ['trialing', 'active', 'past_due', 'canceled']),
  }),
  check({
    id: 'webhook.dispatch.permutations-of-updates',
    requirement: 'WH-ORDER-02',
    title:
      'A subscription that is updated twice within the second in which it was created ends in its last state, in whatever order its events come',
    dependsOn: DEPENDS_ON,
    hint: HINT,
    run: async (t) => {
      await expectSameEnd(t, ['trialing', 'active', 'past_due'])
      await expectSameEnd(t, ['trialing', 'past_due', 'active'])
    },
  }),
]

/** Holds when all orders of delivery lead to the last of these states, also when an event comes twice. */
async function expectSameEnd(
  t: CheckContext,
  statuses: readonly string[],
): Promise<void> {
  const last = statuses.at(-1) ?? ''
  const steps = statuses.map((status) => ({ status }))
  await Promise.all(
    Array.from(permutations(steps).keys(), async (index) => {
      const { owner, events } = subscriptionHistory(t, steps)
      const order = permutations(events)[index] ?? []
      // What came first comes once more at the end.
      const sent = [...order, ...order.slice(0, 1)]
      await deliverInOrder(t, sent)
      await expectStatusOf(t, owner, last, sent)
    }),
  )
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
}

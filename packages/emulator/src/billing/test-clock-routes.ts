// Source: https://docs.stripe.com/billing/testing/test-clocks
import { page as pageOf } from '../api/list.ts'
import { integer, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { deleteCustomer } from '../customers/customers.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emit } from '../state/context.ts'
import { END_OF_TIME, Timeline } from '../state/timeline.ts'
import { addIntervals } from './calendar.ts'
import { hasEnded } from './cancel-subscription.ts'
import { recurringOf } from './subscription-items.ts'
import type { TestClock } from './test-clock-object.ts'

const A_MONTH = 30 * 86_400

export const testClockRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/test_helpers/test_clocks',
    run: create,
    missing: ['at most 3 customers, of 3 subscriptions each: not counted'],
  },
  {
    operation: 'GET /v1/test_helpers/test_clocks',
    run: ({ account, params }) =>
      pageOf(account.testClocks, '/v1/test_helpers/test_clocks', params),
  },
  { operation: 'GET /v1/test_helpers/test_clocks/{test_clock}', run: find },
  { operation: 'DELETE /v1/test_helpers/test_clocks/{test_clock}', run: remove },
  { operation: 'POST /v1/test_helpers/test_clocks/{test_clock}/advance', run: advance },
]

function find(call: Call): TestClock {
  return call.account.testClocks.get(idAt(call), 'test_clock')
}

function create({ account, params, request }: Call): TestClock {
  const frozen = integer(params, 'frozen_time') ?? 0
  if (frozen < 0 || frozen > END_OF_TIME) throw noTime()
  const { onError } = account.world
  const timeline = new Timeline({ startAt: frozen, isRunning: false, onError })
  const clock: TestClock = {
    id: account.newId('clock'),
    object: 'test_helpers.test_clock',
    created: account.world.timeline.now(),
    deletes_after: account.world.timeline.now() + A_MONTH,
    frozen_time: frozen,
    livemode: false,
    name: text(params, 'name') ?? null,
    status: 'ready',
    status_details: {},
  }
  account.testClocks.add(clock)
  account.testTimelines.set(clock.id, timeline)
  emit({ account, timeline, request }, 'test_helpers.test_clock.created', clock)
  return clock
}

/** How far a test clock can go is unverified against Stripe, and so is the wording. */
function noTime(): Error {
  return invalidRequest(
    'Invalid timestamp: it has to be an integer Unix timestamp, in seconds, before the year 10000.',
    { param: 'frozen_time' },
  )
}

function remove({ account, params: _, request, ...call }: Call): unknown {
  const clock = account.testClocks.get(call.ids[0] ?? '', 'test_clock')
  const timeline = account.testTimelines.get(clock.id) ?? account.world.timeline
  const context: Context = { account, timeline, request }
  for (const customer of [...account.customers.all()]) {
    if (customer.test_clock === clock.id) deleteCustomer(context, customer)
  }
  timeline.close()
  account.testClocks.delete(clock.id)
  account.testTimelines.delete(clock.id)
  emit(
    { ...context, timeline: account.world.timeline },
    'test_helpers.test_clock.deleted',
    clock,
  )
  return { id: clock.id, object: clock.object, deleted: true }
}

/** Answers while the clock is still `advancing`; it is `ready` when everything on the way has happened. */
function advance(call: Call): TestClock {
  const { account, params, request } = call
  const clock = find(call)
  const target = integer(params, 'frozen_time') ?? 0
  if (clock.status !== 'ready') {
    throw invalidRequest('Test clock advancement is already underway.', {
      code: 'test_clock_advancement_underway',
      status: 400 as const,
    })
  }
  if (target <= clock.frozen_time) {
    throw invalidRequest(
      'The new frozen time must be later than the current frozen time of the test clock.',
      { param: 'frozen_time' },
    )
  }
  const latest = latestTarget(call, clock)
  if (target > latest) {
    throw invalidRequest(
      `You can only advance a test clock by up to two intervals of its shortest subscription at a time: to ${latest}.`,
      { param: 'frozen_time' },
    )
  }
  const timeline = account.testTimelines.get(clock.id)
  if (timeline === undefined) throw new TypeError(`${clock.id} has no clock`)
  change(clock, {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  })
  const answer = { ...clock }
  emit({ account, timeline, request }, 'test_helpers.test_clock.advancing', clock)
  void timeline.advanceTo(target).then(() => {
    change(clock, { frozen_time: target, status: 'ready', status_details: {} })
    const later = { ...contextOfTime(account, null), timeline }
    emit(later, 'test_helpers.test_clock.ready', clock)
  })
  return answer
}

/** Two intervals of the shortest price that a customer of the clock has; without any, two years. */
function latestTarget({ account }: Call, clock: TestClock): number {
  let latest = Math.min(clock.frozen_time + 2 * 366 * 86_400, END_OF_TIME)
  for (const subscription of account.subscriptions.all()) {
    if (subscription.test_clock !== clock.id || hasEnded(subscription)) continue
    const interval = recurringOf(subscription.items.data)
    latest = Math.min(latest, addIntervals(clock.frozen_time, interval, 2))
  }
  return latest
}

import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { DAY, errorOf, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const { stripe } = billing
const { testClocks } = stripe.testHelpers

const START = Date.UTC(2030, 0, 1) / 1000

async function startClock(frozen_time = START): Promise<string> {
  const { id } = await testClocks.create({ frozen_time, name: 'Renewals' })
  return id
}

/** Advances a clock, and waits until it is ready. */
async function advance(clock: string, frozen_time: number): Promise<void> {
  await testClocks.advance(clock, { frozen_time })
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await testClocks.retrieve(clock)).status === 'ready') return
  }
  expect.fail(`${clock} is still advancing`)
}

async function subscribeOn(clock: string, params = {}): Promise<Stripe.Subscription> {
  const customer = await billing.customer('pm_card_visa', { test_clock: clock })
  return billing.subscribe({ customer, ...params })
}

describe('a test clock', () => {
  it('is a clock of its own, that its customers live on', async () => {
    const clock = await startClock()
    expect(await testClocks.retrieve(clock)).toMatchObject({
      object: 'test_helpers.test_clock',
      status: 'ready',
      frozen_time: START,
      name: 'Renewals',
      deletes_after: billing.now + 30 * DAY,
    })
    const subscription = await subscribeOn(clock)
    expect(subscription).toMatchObject({
      created: START,
      test_clock: clock,
      items: {
        data: [
          {
            current_period_start: START,
            current_period_end: Date.UTC(2030, 1, 1) / 1000,
          },
        ],
      },
    })
    const customer = await stripe.customers.retrieve(String(subscription.customer))
    expect(customer).toMatchObject({ created: START, test_clock: clock })
    await billing.pass(40 * DAY)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ created: START })
  })

  it('brings what is due on the way, at its time', async () => {
    const clock = await startClock()
    const subscription = await subscribeOn(clock)
    const other = await billing.subscribe({ card: 'pm_card_visa' })
    const end = Date.UTC(2030, 1, 1) / 1000
    const events = await billing.eventsOf(() => advance(clock, end + 2 * HOUR))
    const times = Object.fromEntries(events.map(({ type, created }) => [type, created]))
    expect(times).toMatchObject({
      'test_helpers.test_clock.advancing': START,
      'invoice.upcoming': end - 7 * DAY,
      'invoice.created': end,
      'customer.subscription.updated': end,
      'invoice.paid': end + HOUR,
      'test_helpers.test_clock.ready': end + 2 * HOUR,
    })
    expect(events.find(({ type }) => type === 'invoice.paid')?.request?.id).toBeNull()
    expect(events[0]?.type).toBe('test_helpers.test_clock.advancing')
    expect(events.at(-1)?.type).toBe('test_helpers.test_clock.ready')
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      test_clock: clock,
    })
    expect((await billing.subscription(other)).latest_invoice).toBe(other.latest_invoice)
  })

  it('is advancing until it is ready, and tells where to', async () => {
    const clock = await startClock()
    await subscribeOn(clock)
    const target = START + 40 * DAY
    const answer = await testClocks.advance(clock, { frozen_time: target })
    expect(answer).toMatchObject({
      status: 'advancing',
      frozen_time: START,
      status_details: { advancing: { target_frozen_time: target } },
    })
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await testClocks.retrieve(clock)).status === 'ready') break
    }
    const ready = await testClocks.retrieve(clock)
    expect(ready).toMatchObject({ status: 'ready', frozen_time: target })
    expect(ready.status_details).toEqual({})
  })

  it.each([-1, 253_402_300_800, 999_999_999_999_999])(
    'does not begin when there is no time: %d',
    async (frozen_time) => {
      expect(await errorOf(testClocks.create({ frozen_time }))).toMatchObject({
        statusCode: 400,
        param: 'frozen_time',
      })
    },
  )

  it('goes forward only', async () => {
    const clock = await startClock()
    for (const frozen_time of [START, START - 1]) {
      expect(await errorOf(testClocks.advance(clock, { frozen_time }))).toMatchObject({
        statusCode: 400,
        param: 'frozen_time',
      })
    }
  })

  it.each([
    ['month', Date.UTC(2030, 2, 1) / 1000],
    ['week', START + 14 * DAY],
  ] as const)('goes at most two intervals: of a %s', async (interval, latest) => {
    const clock = await startClock()
    await subscribeOn(clock, {
      items: [{ price: await billing.price({ recurring: { interval: 'year' } }) }],
    })
    await subscribeOn(clock, {
      items: [{ price: await billing.price({ recurring: { interval } }) }],
    })
    const error = await errorOf(testClocks.advance(clock, { frozen_time: latest + 1 }))
    expect(error).toMatchObject({ statusCode: 400, param: 'frozen_time' })
    await advance(clock, latest)
    expect((await testClocks.retrieve(clock)).frozen_time).toBe(latest)
  })

  it('tells of its life by events', async () => {
    const clock = await startClock()
    await advance(clock, START + DAY)
    await testClocks.del(clock)
    expect((await billing.events()).map(({ type }) => type)).toEqual([
      'test_helpers.test_clock.created',
      'test_helpers.test_clock.advancing',
      'test_helpers.test_clock.ready',
      'test_helpers.test_clock.deleted',
    ])
  })

  it('takes its customers and their subscriptions along when it is deleted', async () => {
    const clock = await startClock()
    const subscription = await subscribeOn(clock)
    expect(await testClocks.del(clock)).toMatchObject({ id: clock, deleted: true })
    expect(await errorOf(testClocks.retrieve(clock))).toMatchObject({ statusCode: 404 })
    const customer = await stripe.customers.retrieve(String(subscription.customer))
    expect(customer).toMatchObject({ deleted: true })
    expect(await billing.status(subscription)).toBe('canceled')
  })

  it('is listed, and so is who lives on it', async () => {
    const [first, second] = [await startClock(), await startClock()]
    const { data } = await testClocks.list()
    expect(data.map(({ id }) => id)).toEqual([second, first])
    const { customer } = await subscribeOn(first)
    await billing.customer()
    const customers = await stripe.customers.list({ test_clock: first })
    expect(customers.data.map(({ id }) => id)).toEqual([customer])
    const subscriptions = await stripe.subscriptions.list({ test_clock: first })
    expect(subscriptions.data).toHaveLength(1)
  })

  it('has to be there for a customer to live on it', async () => {
    const error = await errorOf(billing.customer(undefined, { test_clock: 'clock_none' }))
    expect(error).toMatchObject({ statusCode: 400, code: 'resource_missing' })
  })
})

import { startStripeMock } from '@countersign/stripe-mock'
import Stripe from 'stripe'
import {
  atLeast,
  atMost,
  type Benchmark,
  type Figure,
  type Plan,
} from '../src/benchmark.ts'
import { awaitedCalls, compareCalls } from '../src/calls/compare-calls.ts'
import { type EmulatorHost, startEmulatorHost } from '../src/emulator/start-host.ts'
import { ratiosOf } from '../src/statistics.ts'

/** What the emulator costs over the stripe-mock behind it, and what its own work costs. */
export const emulator: Benchmark = {
  about: 'calls against bare stripe-mock; a month of 10,000 subscriptions; many events',
  async run(plan) {
    return [
      ...(await measureCalls(plan)),
      ...(await measureMonth(plan)),
      ...(await measureEvents(plan)),
    ]
  },
}

/** The same call of the `stripe` package, as an application makes it. */
async function measureCalls(plan: Plan): Promise<readonly Figure[]> {
  plan.onProgress('calls, against bare stripe-mock')
  // Each has a stripe-mock of its own, as it comes.
  const host = await startEmulatorHost()
  const stripeMock = await startStripeMock()
  const ours = clientOf(host.url)
  const bare = clientOf(stripeMock.url)
  try {
    const { id } = await ours.customers.create({ email: 'a@example.com' })
    for (let count = 0; count < 100; count++) await ours.customers.create()
    const metadata = { user_id: 'u_1' }
    const kinds: readonly [string, (stripe: Stripe) => Promise<unknown>, number][] = [
      [
        'create-customer',
        (stripe) => stripe.customers.create({ email: 'a@example.com', metadata }),
        2,
      ],
      [
        'pay',
        (stripe) =>
          stripe.paymentIntents.create({
            amount: 2_000,
            currency: 'eur',
            payment_method: 'pm_card_visa',
            confirm: true,
            metadata,
          }),
        2,
      ],
      ['read-customer', (stripe) => stripe.customers.retrieve(id), 1],
      ['list-customers', (stripe) => stripe.customers.list({ limit: 10 }), 1],
    ]
    const figures: Figure[] = []
    for (const [name, call, goal] of kinds) {
      const sides = {
        ours: awaitedCalls(() => call(ours)),
        bare: awaitedCalls(() => call(bare)),
      }
      const costs = await compareCalls(sides, plan)
      figures.push({
        id: `${name}-vs-stripe-mock`,
        unit: '×',
        rounds: ratiosOf(costs.ours.wall, costs.bare.wall),
        goal: atMost(goal),
      })
    }
    return figures
  } finally {
    await Promise.all([host.stop(), stripeMock.stop()])
  }
}

function clientOf(url: string): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe('sk_test_bench', {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
}

const SUBSCRIPTIONS = 10_000
/** Every one makes invoices, payments and charges that are kept. */
const MONTHS = 3
const MB = 1_000_000

async function measureMonth({ quick, onProgress }: Plan): Promise<readonly Figure[]> {
  const count = quick ? 20 : SUBSCRIPTIONS
  const host = await startEmulatorHost({ seed: 1 })
  try {
    onProgress(`${count} subscriptions are made`)
    await subscribe(host, count, 'month')
    // A renewal is a draft for an hour: with this, each month has whole ones.
    await host.call('POST', '/_emulator/clock/advance', { by: '2h' })
    const seconds: number[] = []
    const events: number[] = []
    const memory: number[] = []
    for (let month = 1; month <= (quick ? 1 : MONTHS); month++) {
      onProgress(`month ${month} of ${count} subscriptions`)
      const before = await eventsMade(host)
      const start = performance.now()
      await host.call('POST', '/_emulator/clock/advance', { by: '1mo' })
      seconds.push((performance.now() - start) / 1000)
      events.push((await eventsMade(host)) - before)
      memory.push((await host.rss()) / MB)
    }
    return [
      {
        id: 'month-of-10000-subscriptions',
        unit: 's',
        rounds: seconds,
        goal: atMost(20),
      },
      {
        id: 'month-events-made',
        unit: 'events',
        rounds: events,
        ...(!quick && { goal: atLeast(100_000) }),
      },
      // After the first: the later ones keep what went before.
      { id: 'month-memory', unit: 'MB', rounds: memory.slice(0, 1), goal: atMost(1_000) },
    ]
  } finally {
    await host.stop()
  }
}

const MANY = 100_000
const FEW = 1_000
const DAILY = 400

/** The same days, with many events stored and with few. */
async function measureEvents({
  rounds,
  quick,
  onProgress,
}: Plan): Promise<readonly Figure[]> {
  const count = quick ? 10 : DAILY
  const start = (eventRetention: number) => startEmulatorHost({ seed: 1, eventRetention })
  const [few, many] = await Promise.all([start(FEW), start(MANY)])
  try {
    onProgress(`days of ${count} subscriptions, with ${FEW} and ${MANY} events stored`)
    await Promise.all([few, many].map((host) => subscribe(host, count, 'day')))
    for (let day = 0; day < (quick ? 2 : 28); day++) {
      await oneDay(few)
      await oneDay(many)
    }
    const times: { few: number[]; many: number[] } = { few: [], many: [] }
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? 'few' : 'many'
      const hosts = { few, many }
      for (const name of [first, first === 'few' ? 'many' : 'few'] as const)
        times[name].push(await oneDay(hosts[name]))
    }
    return [
      {
        id: `event-at-${MANY}-vs-${FEW}-stored`,
        unit: '×',
        rounds: ratiosOf(times.many, times.few),
        goal: atMost(1.3),
        ...(!quick && {
          note: `${await eventsStored(many)} and ${await eventsStored(few)} events were stored`,
        }),
      },
    ]
  } finally {
    await Promise.all([few.stop(), many.stop()])
  }
}

/** @returns milliseconds */
async function oneDay(host: EmulatorHost): Promise<number> {
  const start = performance.now()
  await host.call('POST', '/_emulator/clock/advance', { by: '1d' })
  return performance.now() - start
}

const AT_ONCE = 8

async function subscribe(
  host: EmulatorHost,
  count: number,
  interval: 'day' | 'month',
): Promise<void> {
  const price = await host.call('POST', '/v1/prices', {
    currency: 'eur',
    unit_amount: '1000',
    'recurring[interval]': interval,
    'product_data[name]': 'Pro',
  })
  let left = count
  const makeSome = async () => {
    while (left-- > 0) {
      const customer = await host.call('POST', '/v1/customers')
      const path = '/v1/payment_methods/pm_card_visa/attach'
      const card = await host.call('POST', path, { customer: customer.id })
      await host.call('POST', '/v1/subscriptions', {
        customer: customer.id,
        default_payment_method: card.id,
        'items[0][price]': price.id,
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, makeSome))
}

async function eventsMade(host: EmulatorHost): Promise<number> {
  return Number((await host.call('GET', '/_emulator/state')).events_made)
}

async function eventsStored(host: EmulatorHost): Promise<number> {
  return Number((await host.call('GET', '/_emulator/state')).events)
}

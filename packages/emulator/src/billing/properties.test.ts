// Whatever is done through the API, in whatever order, while time passes and requests are
// lost: what must always hold of subscriptions, invoices and their events.
import fc from 'fast-check'
import Stripe from 'stripe'
import { expect, it } from 'vitest'
import { DAY, HOUR, startBilling } from './billing.test-setup.ts'
import { checkChain } from './event-chain.test-setup.ts'
import { checkBalances, checkInvoice, checkStatus } from './invariants.test-setup.ts'

/** More runs, or others: `EMULATOR_PROPERTY_RUNS=100 EMULATOR_PROPERTY_SEED=2`. */
const RUNS = Number(process.env.EMULATOR_PROPERTY_RUNS ?? 7)
const SEED = Number(process.env.EMULATOR_PROPERTY_SEED ?? 20_260_101)
const A_RUN_MS = 20_000

const billing = await startBilling({ retryDays: [1, 2, 3], afterRetries: 'unpaid' })
const { stripe } = billing

const CARDS = [
  'pm_card_visa',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  undefined,
] as const

/** A request with a key of its own, made again until its answer has come through. */
async function insist<T>(
  request: (options: Stripe.RequestOptions) => Promise<T>,
): Promise<T | undefined> {
  for (let key = crypto.randomUUID(), tries = 0; tries < 50; tries += 1) {
    try {
      return await request({ idempotencyKey: key })
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      const status = error.statusCode
      // The key keeps a 500: what it was for has not been done.
      if (status === 500) key = crypto.randomUUID()
      else if (status !== undefined && status !== 429) {
        expect([400, 402, 404]).toContain(status)
        return undefined
      }
    }
  }
  throw new Error('it never came through')
}

async function setFaults(rate: number): Promise<void> {
  const answer = await fetch(`${billing.emulator.url}/_emulator/faults/random`, {
    method: 'POST',
    body: new URLSearchParams({ side: 'api', rate: String(rate) }),
  })
  expect(answer.status).toBe(200)
}

/** What one run has made so far. */
class Run {
  readonly prices: string[] = []
  readonly customers: string[] = []
  readonly balances = new Map<string, number>()
  readonly subscriptions: string[] = []
  readonly events: Stripe.Event[] = []

  /** Takes the events that are new: they are kept for 30 days only. */
  async collect(): Promise<void> {
    for (let isWhole = false; !isWhole; ) {
      const last = this.events.at(-1)?.id
      const page = await insist(() =>
        stripe.events.list({ limit: 100, ...(last && { ending_before: last }) }),
      )
      // The last that is known has been forgotten, and all that are there are new.
      const fresh = page?.data.reverse() ?? (await billing.events())
      this.events.push(...fresh)
      isWhole = last === undefined || page === undefined || !page.has_more
    }
  }

  pick(of: readonly string[], index: number): string {
    return of[index % of.length] ?? 'none'
  }

  customer(index: number): string {
    return this.pick(this.customers, index)
  }

  subscription(index: number): string {
    return this.pick(this.subscriptions, index)
  }

  /** One of the invoices of a customer, newest first. */
  async invoice(index: number): Promise<string> {
    const list = await insist(() => stripe.invoices.list({ limit: 5 }))
    return this.pick(list?.data.map(({ id }) => id) ?? [], index)
  }
}

interface Act {
  readonly name: string
  readonly run: (run: Run) => Promise<unknown>
}

const index = fc.nat(7)
const quantity = fc.nat(4)
const proration = fc.constantFrom('always_invoice', 'create_prorations', 'none')
const behavior = fc.constantFrom(
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
)

/** An act of these parts; what it is called shows when it fails. */
function act<T>(
  name: string,
  parts: fc.Arbitrary<T>,
  run: (run: Run, part: T) => Promise<unknown>,
): fc.Arbitrary<Act> {
  return parts.map((part) => ({
    name: `${name} ${JSON.stringify(part)}`,
    run: (of) => run(of, part),
  }))
}

async function addCustomer(run: Run, card: string | undefined, balance: number) {
  const customer = await insist((options) =>
    stripe.customers.create({ balance }, options),
  )
  const id = customer?.id ?? ''
  run.customers.push(id)
  run.balances.set(id, balance)
  if (card !== undefined) await giveCard(id, card)
}

async function giveCard(customer: string, card: string) {
  const attached = await insist((options) =>
    stripe.paymentMethods.attach(card, { customer }, options),
  )
  await insist((options) =>
    stripe.customers.update(
      customer,
      { invoice_settings: { default_payment_method: attached?.id ?? '' } },
      options,
    ),
  )
}

async function subscribe(run: Run, customer: string, params = {}) {
  const made = await insist((options) =>
    stripe.subscriptions.create(
      { customer, items: [{ price: run.pick(run.prices, 0) }], ...params },
      options,
    ),
  )
  if (made !== undefined) run.subscriptions.push(made.id)
}

const acts: fc.Arbitrary<Act> = fc.oneof(
  act(
    'customer',
    fc.tuple(fc.constantFrom(...CARDS), fc.integer({ min: -3_000, max: 1_000 })),
    (run, [card, balance]) => addCustomer(run, card, balance),
  ),
  act('card', fc.tuple(index, fc.constantFrom(...CARDS)), (run, [at, card]) =>
    giveCard(run.customer(at), card ?? 'pm_card_visa'),
  ),
  {
    weight: 3,
    arbitrary: act(
      'subscribe',
      fc.tuple(
        index,
        index,
        quantity,
        behavior,
        fc.constantFrom(undefined, undefined, 3, 14),
        fc.constantFrom('charge_automatically', 'charge_automatically', 'send_invoice'),
      ),
      (run, [customer, price, count, payment_behavior, trial, collection_method]) =>
        subscribe(run, run.customer(customer), {
          items: [{ price: run.pick(run.prices, price), quantity: count }],
          payment_behavior,
          collection_method,
          ...(collection_method === 'send_invoice' && { days_until_due: 5 }),
          ...(trial !== undefined && { trial_period_days: trial }),
        }),
    ),
  },
  {
    weight: 3,
    arbitrary: act(
      'change',
      fc.tuple(index, index, quantity, proration, behavior),
      async (run, [at, price, count, proration_behavior, payment_behavior]) => {
        const id = run.subscription(at)
        const subscription = await insist(() => stripe.subscriptions.retrieve(id))
        const item = subscription?.items.data[0]?.id ?? ''
        const items = [{ id: item, price: run.pick(run.prices, price), quantity: count }]
        await insist((options) =>
          stripe.subscriptions.update(
            id,
            {
              items,
              proration_behavior,
              payment_behavior,
            } as Stripe.SubscriptionUpdateParams,
            options,
          ),
        )
      },
    ),
  },
  act('metadata', fc.tuple(index, fc.constantFrom('', '1', '2')), (run, [at, a]) =>
    insist((options) =>
      stripe.subscriptions.update(run.subscription(at), { metadata: { a } }, options),
    ),
  ),
  act(
    'cancel',
    fc.tuple(index, fc.boolean(), fc.boolean()),
    (run, [at, prorate, invoice_now]) =>
      insist(() =>
        stripe.subscriptions.cancel(run.subscription(at), { prorate, invoice_now }),
      ),
  ),
  act(
    'cancel at period end',
    fc.tuple(index, fc.boolean()),
    (run, [at, cancel_at_period_end]) =>
      insist((options) =>
        stripe.subscriptions.update(
          run.subscription(at),
          { cancel_at_period_end },
          options,
        ),
      ),
  ),
  act('trial', fc.tuple(index, fc.constantFrom(0, 2 * DAY, 9 * DAY)), (run, [at, days]) =>
    insist((options) =>
      stripe.subscriptions.update(
        run.subscription(at),
        { trial_end: days === 0 ? 'now' : billing.now + days },
        options,
      ),
    ),
  ),
  act('new cycle', index, (run, at) =>
    insist((options) =>
      stripe.subscriptions.update(
        run.subscription(at),
        { billing_cycle_anchor: 'now' } as unknown as Stripe.SubscriptionUpdateParams,
        options,
      ),
    ),
  ),
  act('pause', index, (run, at) =>
    insist((options) =>
      stripe.subscriptions.pause(run.subscription(at), { type: 'subscription' }, options),
    ),
  ),
  act(
    'resume',
    fc.tuple(
      index,
      fc.constantFrom('resume_on_payment_attempt', 'resume_on_payment_success'),
    ),
    (run, [at, payment_behavior]) =>
      insist((options) =>
        stripe.subscriptions.resume(
          run.subscription(at),
          { payment_behavior } as Stripe.SubscriptionResumeParams,
          options,
        ),
      ),
  ),
  act(
    'pause collection',
    fc.tuple(index, fc.constantFrom('', 'keep_as_draft', 'mark_uncollectible', 'void')),
    (run, [at, how]) =>
      insist((options) =>
        stripe.subscriptions.update(
          run.subscription(at),
          {
            pause_collection: how === '' ? '' : { behavior: how },
          } as Stripe.SubscriptionUpdateParams,
          options,
        ),
      ),
  ),
  act(
    'invoice',
    fc.tuple(index, fc.integer({ min: -500, max: 2_000 })),
    async (run, [at, amount]) => {
      const customer = run.customer(at)
      await insist((options) =>
        stripe.invoiceItems.create({ customer, amount, currency: 'usd' }, options),
      )
      await insist((options) =>
        stripe.invoices.create(
          {
            customer,
            auto_advance: amount % 2 === 0,
            pending_invoice_items_behavior: 'include',
          },
          options,
        ),
      )
    },
  ),
  {
    weight: 3,
    arbitrary: act(
      'on an invoice',
      fc.tuple(index, fc.nat(8)),
      async (run, [at, what]) => {
        const id = await run.invoice(at)
        const { invoices } = stripe
        await insist((options) => {
          switch (what) {
            case 0:
              return invoices.voidInvoice(id, {}, options)
            case 1:
              return invoices.markUncollectible(id, {}, options)
            case 2:
              return invoices.finalizeInvoice(id, {}, options)
            case 3:
              return invoices.pay(id, { paid_out_of_band: true }, options)
            case 4:
              return invoices.update(id, { auto_advance: false }, options)
            case 5:
              return invoices.update(id, { auto_advance: true }, options)
            case 6:
              return invoices.pay(id, {}, options)
            default:
              return invoices.pay(id, { payment_method: 'pm_card_visa' }, options)
          }
        })
      },
    ),
  },
  act('authenticate', fc.constantFrom('succeed', 'fail'), async (_, outcome) => {
    const list = await insist(() => stripe.paymentIntents.list({ limit: 10 }))
    const asked = list?.data.find(({ status }) => status === 'requires_action')
    if (asked !== undefined) await billing.authenticate(asked.id, outcome)
  }),
  act(
    'refund',
    fc.tuple(index, fc.integer({ min: 1, max: 1_000 })),
    async (_, [at, amount]) => {
      const list = await insist(() => stripe.charges.list({ limit: 8 }))
      const charge = list?.data[at]?.id
      if (charge !== undefined)
        await insist((options) => stripe.refunds.create({ charge, amount }, options))
    },
  ),
  {
    weight: 7,
    arbitrary: act(
      'time',
      fc.constantFrom(HOUR, DAY, 2 * DAY, 7 * DAY, 7 * DAY + HOUR),
      (_, s) => billing.pass(s),
    ),
  },
)

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of list) found.push(one)
  return found
}

async function check({ balances, events }: Run): Promise<void> {
  const limit = 100
  const invoices = await all(stripe.invoices.list({ limit }))
  const charges = await all(stripe.charges.list({ limit }))
  const customers = await all(stripe.customers.list({ limit }))
  const subscriptions = await all(stripe.subscriptions.list({ limit, status: 'all' }))
  const ids = [...events, ...invoices, ...charges, ...customers, ...subscriptions].map(
    ({ id }) => id,
  )
  expect(new Set(ids).size).toBe(ids.length)
  for (const invoice of invoices) {
    checkInvoice(invoice)
    checkChain('invoice', invoice, events)
  }
  for (const subscription of subscriptions) {
    checkStatus(subscription, invoices, billing.now)
    checkChain('customer.subscription', subscription, events)
  }
  checkBalances(customers, balances, invoices)
  const numbers = invoices.flatMap(({ number }) => number ?? [])
  expect(new Set(numbers).size).toBe(numbers.length)
  const charged = charges.filter(({ status }) => status === 'succeeded')
  expect(sum(charged.map(({ amount }) => amount))).toBe(
    sum(invoices.map(({ amount_paid }) => amount_paid)),
  )
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}

it('holds whatever is done', { timeout: RUNS * A_RUN_MS }, async () => {
  const script = fc.array(acts, { minLength: 30, maxLength: 45 })
  await fc.assert(
    fc.asyncProperty(script, async (script) => {
      billing.emulator.reset()
      const run = new Run()
      for (const [unit_amount, interval] of [
        [1_000, 'week'],
        [2_500, 'week'],
        [990, 'month'],
      ] as const)
        run.prices.push(await billing.price({ unit_amount, recurring: { interval } }))
      await run.collect()
      await addCustomer(run, 'pm_card_visa', 0)
      await addCustomer(run, 'pm_card_chargeCustomerFail', -500)
      for (const customer of run.customers) await subscribe(run, customer)
      await setFaults(0.1)
      for (const { run: act } of script) {
        await act(run)
        await run.collect()
      }
      await setFaults(0)
      await check(run)
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )
})

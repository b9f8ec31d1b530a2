// A year of some subscriptions, as the emulator has it: what happened, in which order, and
// what is there in the end.
import { type Emulator, startEmulator } from '@countersign/emulator'
import Stripe from 'stripe'
import { type Chooser, seededChooser } from '../fuzz/chooser.ts'

/** One of Stripe's objects, as JSON. */
export interface StripeObject {
  readonly id: string
  readonly object: string
  readonly customer?: unknown
}

export interface HistoricEvent {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly data: { readonly object: StripeObject }
}

/** What happened to one customer, oldest first, and what has become of it. */
export interface CustomerHistory {
  readonly events: readonly HistoricEvent[]
  /** What a mirror keeps, by id. */
  readonly objects: ReadonlyMap<string, StripeObject>
}

const CUSTOMERS = 12
const MONTHS = 6
const DAY = 86_400
const CARDS = [
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_visa',
  'pm_card_chargeCustomerFail',
] as const
const MIRRORED = ['customer', 'subscription', 'invoice']

/** Lets the emulator play. The same seed gives the same history. */
export async function playHistory(seed: number): Promise<readonly CustomerHistory[]> {
  const emulator = await startEmulator({ seed: 1 })
  try {
    const chooser = seededChooser(seed)
    const recorder = new Recorder(emulator)
    const stripe = new Stripe(emulator.secretKey, {
      ...emulator.stripeConfig,
      maxNetworkRetries: 0,
    })
    const prices = await createPrices(stripe)
    const customers: string[] = []
    while (customers.length < CUSTOMERS) {
      customers.push(await subscribe(stripe, prices, chooser))
      await emulator.clock.advance(chooser.below(2))
    }
    for (let month = 0; month < MONTHS; month += 1) {
      for (const customer of customers) {
        if (chooser.oneIn(2)) await change(stripe, customer, prices, chooser)
      }
      await recorder.record()
      await emulator.clock.advance((28 + chooser.below(4)) * DAY)
    }
    await recorder.record()
    return await Promise.all(customers.map((id) => historyOf(recorder, id)))
  } finally {
    await emulator.stop()
  }
}

async function createPrices(stripe: Stripe): Promise<readonly [string, string]> {
  const make = async (unit_amount: number) => {
    const recurring = { interval: 'month' } as const
    const product_data = { name: 'Pro' }
    const params = { currency: 'eur', unit_amount, recurring, product_data }
    return (await stripe.prices.create(params)).id
  }
  return [await make(1_000), await make(2_500)]
}

async function subscribe(
  stripe: Stripe,
  prices: readonly [string, string],
  chooser: Chooser,
): Promise<string> {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' })
  await giveCard(stripe, customer, 'pm_card_visa')
  await stripe.subscriptions.create({
    customer,
    items: [{ price: chooser.of(prices) }],
    ...(chooser.oneIn(4) && { trial_period_days: 7 }),
  })
  return customer
}

async function giveCard(stripe: Stripe, customer: string, card: string): Promise<void> {
  const { id } = await stripe.paymentMethods.attach(card, { customer })
  const invoice_settings = { default_payment_method: id }
  await stripe.customers.update(customer, { invoice_settings })
}

async function change(
  stripe: Stripe,
  customer: string,
  prices: readonly [string, string],
  chooser: Chooser,
): Promise<void> {
  const { data } = await stripe.subscriptions.list({ customer })
  const [subscription] = data
  const item = subscription?.items.data[0]
  if (subscription === undefined || item === undefined) return
  const { id } = subscription
  switch (chooser.of([0, 1, 2, 3, 3, 3, 4, 5])) {
    case 0:
      return giveCard(stripe, customer, chooser.of(CARDS))
    case 1:
      await stripe.subscriptions.update(id, {
        cancel_at_period_end: !subscription.cancel_at_period_end,
      })
      return
    case 2:
      await stripe.subscriptions.update(id, {
        items: [{ id: item.id, price: chooser.of(prices) }],
        proration_behavior: 'none',
      })
      return
    case 3:
      for (let count = 3 + chooser.below(6); count > 0; count -= 1) {
        const revision = String(chooser.below(1_000_000))
        await stripe.subscriptions.update(id, { metadata: { revision } })
      }
      return
    case 4:
      await stripe.customers.update(customer, { name: `Ada ${chooser.below(1_000)}` })
      return
    default:
      if (chooser.oneIn(6)) await stripe.subscriptions.cancel(id)
  }
}

/** Reads events as they are sent, without what the SDK makes of them. */
class Recorder {
  readonly #emulator: Emulator
  readonly #events = new Map<string, HistoricEvent>()

  constructor(emulator: Emulator) {
    this.#emulator = emulator
  }

  get events(): Iterable<HistoricEvent> {
    return this.#events.values()
  }

  async get(path: string): Promise<unknown> {
    const { url, secretKey } = this.#emulator
    const headers = { authorization: `Bearer ${secretKey}` }
    return (await fetch(`${url}${path}`, { headers })).json()
  }

  /** To be called before events are forgotten, which is after 30 days. */
  async record(): Promise<void> {
    const found: HistoricEvent[] = []
    let after = ''
    for (;;) {
      const path = `/v1/events?limit=100${after}`
      const page = (await this.get(path)) as {
        readonly data: readonly HistoricEvent[]
        readonly has_more: boolean
      }
      const fresh = page.data.filter(({ id }) => !this.#events.has(id))
      found.push(...fresh)
      const last = page.data.at(-1)
      if (!page.has_more || fresh.length < page.data.length || last === undefined) break
      after = `&starting_after=${last.id}`
    }
    for (const event of found.reverse()) this.#events.set(event.id, event)
  }
}

const PATHS: Readonly<Record<string, string>> = {
  customer: '/v1/customers/',
  subscription: '/v1/subscriptions/',
  invoice: '/v1/invoices/',
}

async function historyOf(recorder: Recorder, customer: string): Promise<CustomerHistory> {
  const events = [...recorder.events].filter(
    ({ data: { object } }) => object.id === customer || object.customer === customer,
  )
  const objects = new Map<string, StripeObject>()
  for (const { data } of events) {
    const { id, object } = data.object
    if (!MIRRORED.includes(object) || id === undefined || objects.has(id)) continue
    objects.set(id, (await recorder.get(`${PATHS[object]}${id}`)) as StripeObject)
  }
  return { events, objects }
}

// An emulator whose clock stands still at 2026-01-01, and what tests of billing ask of it.
import Stripe from 'stripe'
import { afterAll, beforeEach, expect } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../index.ts'

export const HOUR = 3_600
export const DAY: number = 24 * HOUR

type SubscribeParams = Partial<Stripe.SubscriptionCreateParams> & {
  /** Without one, the customer has none. */
  readonly card?: string | undefined
}

export class Billing {
  readonly emulator: Emulator
  readonly stripe: Stripe

  constructor(emulator: Emulator) {
    this.emulator = emulator
    const { hostname, port } = new URL(emulator.url)
    this.stripe = new Stripe('sk_test_emulator', {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
    })
  }

  get now(): number {
    return this.emulator.clock.now().getTime() / 1000
  }

  pass(seconds: number): Promise<void> {
    return this.emulator.clock.advance(seconds)
  }

  /** @param time As `2026-02-01`, or with a time of day. */
  passTo(time: string | number): Promise<void> {
    return this.emulator.clock.advanceTo(
      new Date(typeof time === 'number' ? time * 1000 : time),
    )
  }

  async customer(
    card?: string,
    params: Stripe.CustomerCreateParams = {},
  ): Promise<string> {
    const { id } = await this.stripe.customers.create({
      email: 'a@example.com',
      ...params,
    })
    if (card !== undefined) await this.giveCard(id, card)
    return id
  }

  /** Makes a card, by its alias or its token, the default of a customer. */
  async giveCard(customer: string, card = 'pm_card_visa'): Promise<string> {
    const given = card.startsWith('tok_')
      ? await this.stripe.paymentMethods.create({ type: 'card', card: { token: card } })
      : { id: card }
    const { id } = await this.stripe.paymentMethods.attach(given.id, { customer })
    await this.stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: id },
    })
    return id
  }

  /** 10.00 USD a month unless it says otherwise. */
  async price(params: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
    const { id } = await this.stripe.prices.create({
      currency: 'usd',
      ...(params.unit_amount_decimal === undefined && { unit_amount: 1_000 }),
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
      ...params,
    })
    return id
  }

  /** A new customer subscribes, to 10.00 USD a month unless told otherwise. */
  async subscribe({
    card,
    ...params
  }: SubscribeParams = {}): Promise<Stripe.Subscription> {
    return this.stripe.subscriptions.create({
      customer: params.customer ?? (await this.customer(card)),
      items: [{ price: await this.price() }],
      ...params,
    })
  }

  /** Its first payment succeeds, and then its card is one that declines. */
  async subscribeAndLose(
    params: SubscribeParams = {},
    card = 'pm_card_chargeCustomerFail',
  ): Promise<Stripe.Subscription> {
    const subscription = await this.subscribe({ card: 'pm_card_visa', ...params })
    await this.giveCard(String(subscription.customer), card)
    return subscription
  }

  subscription({ id }: { id: string }): Promise<Stripe.Subscription> {
    return this.stripe.subscriptions.retrieve(id)
  }

  async status({ id }: { id: string }): Promise<string> {
    return (await this.stripe.subscriptions.retrieve(id)).status
  }

  async latestInvoice({ id }: { id: string }): Promise<Stripe.Invoice> {
    const { latest_invoice } = await this.stripe.subscriptions.retrieve(id, {
      expand: ['latest_invoice'],
    })
    return latest_invoice as Stripe.Invoice
  }

  /** The payment intent of an invoice. */
  async intentOf(invoice: { id: string }): Promise<string> {
    const { payments } = await this.stripe.invoices.retrieve(invoice.id, {
      expand: ['payments'],
    })
    return String(payments?.data[0]?.payment.payment_intent)
  }

  /** The buyer ends the 3D Secure of an intent. */
  async authenticate(
    intent: string,
    outcome: 'succeed' | 'fail' = 'succeed',
  ): Promise<void> {
    const answer = await fetch(`${this.emulator.url}/_emulator/authenticate`, {
      method: 'POST',
      body: new URLSearchParams({ payment_intent: intent, outcome }),
    })
    expect(answer.status).toBe(200)
  }

  /** All events, oldest first. */
  async events(): Promise<Stripe.Event[]> {
    const events: Stripe.Event[] = []
    for await (const event of this.stripe.events.list({ limit: 100 })) events.push(event)
    return events.reverse()
  }

  /** What happens meanwhile, oldest first. */
  async eventsOf(run: () => Promise<unknown>): Promise<Stripe.Event[]> {
    const last = (await this.events()).at(-1)?.id
    await run()
    const events = await this.events()
    // Events are kept for 30 days.
    return events.slice(events.findIndex(({ id }) => id === last) + 1)
  }

  async typesOf(run: () => Promise<unknown>): Promise<string[]> {
    return (await this.eventsOf(run)).map(({ type }) => type)
  }
}

/** One for a test file: every test begins with nothing, at 2026-01-01. */
export async function startBilling(
  billing: EmulatorOptions['billing'] = {},
): Promise<Billing> {
  const emulator = await startEmulator({ seed: 1, billing })
  beforeEach(() => emulator.reset())
  afterAll(() => emulator.stop())
  return new Billing(emulator)
}

/** What the SDK throws, or a failure of the test when it does not. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<Stripe.errors.StripeError> {
  return promise.then(
    () => expect.fail('it did not throw'),
    (error: unknown) => error as Stripe.errors.StripeError,
  )
}

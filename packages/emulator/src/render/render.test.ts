import type Stripe from 'stripe'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  clientOf,
  control,
  emulator,
  errorOf,
  payment,
  stripe,
} from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'
import { eventually, startReceiver } from '../webhooks/receiver.test-setup.ts'
import { ACACIA_FIELDS } from './acacia-fields.test-setup.ts'
import { isOldVersion } from './render.ts'

afterEach(() => emulator.reset())

const ACACIA = '2025-02-24.acacia'
const acacia = { apiVersion: ACACIA }
/** What a version shows is not what the types of the SDK say. */
type Shown = Record<string, unknown>
const shown = async (answer: Promise<object>): Promise<Shown> => ({ ...(await answer) })

/** A customer with a card, and a price. */
async function terms(): Promise<{ customer: string; price: string }> {
  const { id: customer } = await stripe.customers.create({ email: 'jenny@example.com' })
  const card = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, {
    invoice_settings: { default_payment_method: card.id },
  })
  const { id: price } = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 2_000,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  })
  return { customer, price }
}

async function subscribed(): Promise<Stripe.Subscription> {
  const { customer, price } = await terms()
  return stripe.subscriptions.create({
    customer,
    items: [{ price }],
    metadata: { plan: 'gold' },
  })
}

const NOT_IN_ACACIA = {
  charge: ['presentment_details'],
  invoice: [
    'amount_overpaid',
    'amount_paid_off_stripe',
    'confirmation_secret',
    'customer_account',
    'parent',
    'payments',
    'status_details',
    'total_taxes',
  ],
  line: ['parent', 'pricing', 'quantity_decimal', 'subtotal', 'taxes'],
  subscription: [
    'billing_mode',
    'billing_schedules',
    'customer_account',
    'managed_payments',
    'presentment_details',
    'status_details',
  ],
} as const

function expectNone(object: unknown, names: readonly string[]): void {
  for (const name of names) expect(object).not.toHaveProperty(name)
}

it.each([
  ['2011-01-01', true],
  ['2024-06-20', true],
  [ACACIA, true],
  ['2025-03-31.basil', false],
  ['2025-09-30.clover', false],
  ['2026-10-28.endive', false],
])('%s is older than basil: %s', (version, isOld) => {
  expect(isOldVersion(version)).toBe(isOld)
})

describe('an account in acacia', () => {
  it('has events in acacia', async () => {
    const own = await startEmulator({ apiVersion: ACACIA })
    onTestFinished(() => own.stop())
    const client = clientOf(own)
    const { id } = await client.products.create({ name: 'Gold' })
    await client.products.update(id, { name: 'Platinum' })
    const { data } = await client.events.list()
    expect(data).toMatchObject([
      {
        api_version: ACACIA,
        type: 'product.updated',
        data: { previous_attributes: { name: 'Gold' } },
      },
      { api_version: ACACIA, type: 'product.created' },
    ])
    for (const event of data) {
      expect(event.data.object).not.toHaveProperty('tax_details')
    }
  })
})

describe('in acacia', () => {
  it('an invoice names its subscription, payment, charge and taxes', async () => {
    const { id, latest_invoice } = await subscribed()
    const invoice = await shown(
      stripe.invoices.retrieve(String(latest_invoice), {}, acacia),
    )
    const [intent] = (await stripe.paymentIntents.list()).data
    expect(invoice).toMatchObject({
      object: 'invoice',
      application_fee_amount: null,
      charge: intent?.latest_charge,
      discount: null,
      discounts: [],
      paid: true,
      paid_out_of_band: false,
      payment_intent: intent?.id,
      quote: null,
      subscription: id,
      subscription_details: { metadata: { plan: 'gold' } },
      tax: null,
      total_tax_amounts: [],
      transfer_data: null,
    })
    expect(Object.keys(invoice).slice(0, 2)).toEqual(['id', 'object'])
    expectNone(invoice, NOT_IN_ACACIA.invoice)
    const { lines } = invoice as { lines: { data: Shown[] } }
    const [line] = lines.data
    expect(line).toMatchObject({
      amount: 2_000,
      amount_excluding_tax: 2_000,
      plan: { object: 'plan', amount: 2_000, interval: 'month', aggregate_usage: null },
      price: {
        object: 'price',
        unit_amount: 2_000,
        recurring: { aggregate_usage: null },
      },
      proration: false,
      proration_details: { credited_items: null },
      subscription: id,
      subscription_item: expect.stringMatching(/^si_/),
      tax_amounts: [],
      tax_rates: [],
      type: 'subscription',
      unit_amount_excluding_tax: '2000',
    })
    expect(line).not.toHaveProperty('invoice_item')
    expectNone(line, NOT_IN_ACACIA.line)
  })

  it('a subscription has the period, and its items have none', async () => {
    const { id, items } = await subscribed()
    const subscription = await shown(stripe.subscriptions.retrieve(id, {}, acacia))
    const [item] = items.data
    expect(subscription).toMatchObject({
      current_period_end: item?.current_period_end,
      current_period_start: item?.current_period_start,
      discount: null,
      discounts: [],
      items: { data: [{ object: 'subscription_item', quantity: 1 }] },
    })
    expectNone(subscription, NOT_IN_ACACIA.subscription)
    const [shownItem] = (subscription as { items: { data: Shown[] } }).items.data
    expectNone(shownItem, ['current_period_end', 'current_period_start'])
  })

  it('a payment intent and a charge name the invoice that they pay, or null', async () => {
    const { latest_invoice } = await subscribed()
    await stripe.paymentIntents.create({ ...payment, payment_method: 'pm_card_visa' })
    const lists: Shown[] = [
      await shown(stripe.paymentIntents.list({}, acacia)),
      await shown(stripe.charges.list({}, acacia)),
    ]
    for (const { data } of lists as { data: Shown[] }[]) {
      expect(data.map(({ invoice }) => invoice)).toEqual([null, latest_invoice])
      expectNone(data[0], ['customer_account', 'payment_details', 'presentment_details'])
    }
    const [intent] = (await stripe.paymentIntents.list()).data
    expect(intent).not.toHaveProperty('invoice')
  })

  it('what an old field names can be expanded, through several levels', async () => {
    const { id, latest_invoice } = await subscribed()
    const expanding = { expand: ['latest_invoice.payment_intent.latest_charge.invoice'] }
    expect(await stripe.subscriptions.retrieve(id, expanding, acacia)).toMatchObject({
      current_period_end: expect.any(Number),
      latest_invoice: {
        id: latest_invoice,
        subscription: id,
        payment_intent: {
          object: 'payment_intent',
          invoice: latest_invoice,
          latest_charge: {
            object: 'charge',
            invoice: { id: latest_invoice, paid: true },
          },
        },
      },
    })
    const lists = { expand: ['data.subscription'], limit: 1 }
    expect((await stripe.invoices.list(lists, acacia)).data).toMatchObject([
      { subscription: { id, current_period_end: expect.any(Number) } },
    ])
    const wrong = { expand: ['latest_invoice.parents'] }
    for (const version of [acacia, {}]) {
      const error = await errorOf(stripe.subscriptions.retrieve(id, wrong, version))
      expect(error).toMatchObject({ statusCode: 400, param: 'expand' })
    }
    const old = { expand: ['latest_invoice.payment_intent'] }
    expect(await errorOf(stripe.subscriptions.retrieve(id, old))).toMatchObject({
      statusCode: 400,
      param: 'expand',
    })
  })

  it('an invoice that was paid elsewhere says so', async () => {
    const { customer } = await terms()
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'eur' })
    const { id = '' } = await stripe.invoices.create({
      customer,
      currency: 'eur',
      auto_advance: false,
      pending_invoice_items_behavior: 'include',
    })
    await stripe.invoices.finalizeInvoice(id)
    const open = await shown(stripe.invoices.retrieve(id, {}, acacia))
    expect(open).toMatchObject({
      paid: false,
      paid_out_of_band: false,
      payment_intent: expect.stringMatching(/^pi_/),
      subscription: null,
      subscription_details: null,
      lines: { data: [{ type: 'invoiceitem', invoice_item: expect.any(String) }] },
    })
    await stripe.invoices.pay(id, { paid_out_of_band: true })
    expect(await shown(stripe.invoices.retrieve(id, {}, acacia))).toMatchObject({
      paid: true,
      paid_out_of_band: true,
    })
  })

  it('an invoice item holds its price', async () => {
    const { customer } = await terms()
    const { id } = await stripe.invoiceItems.create({
      customer,
      amount: 500,
      currency: 'eur',
    })
    const item = await shown(stripe.invoiceItems.retrieve(id, {}, acacia))
    expect(item).toMatchObject({ amount: 500, subscription: null })
    expect(item).toHaveProperty('price')
    expect(item).toHaveProperty('plan')
    expectNone(item, ['parent', 'pricing', 'net_amount', 'proration_details'])
  })

  it('a page of Checkout has its old names', async () => {
    const session = stripe.checkout.sessions.create(
      {
        mode: 'payment',
        success_url: 'https://example.com/',
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: 'eur',
              unit_amount: 500,
              product_data: { name: 'Shirt' },
            },
          },
        ],
      },
      acacia,
    )
    const answer = await shown(session)
    expect(answer).toMatchObject({ ui_mode: 'hosted', shipping_details: null })
    expectNone(answer, ['allowed_payment_method_types', 'customer_account'])
  })

  it('a decline holds the payment intent as everything else', async () => {
    const declined = stripe.paymentIntents.create(
      { ...payment, payment_method: 'pm_card_visa_chargeDeclined' },
      acacia,
    )
    const { raw } = await errorOf(declined)
    expect(raw).toMatchObject({
      code: 'card_declined',
      payment_intent: { object: 'payment_intent', invoice: null },
    })
  })
})

/** Objects by what they call themselves, with those inside of them. */
function* objectsIn(value: unknown): Generator<Shown> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value) && 'object' in value) yield value as Shown
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

describe('in acacia, every object', () => {
  it('has the fields that it had, and no others', async () => {
    const { id, latest_invoice, customer } = await subscribed()
    const [charge] = (await stripe.charges.list()).data
    const answers = [
      stripe.customers.retrieve(String(customer), {}, acacia),
      stripe.subscriptions.retrieve(id, {}, acacia),
      stripe.invoices.retrieve(String(latest_invoice), {}, acacia),
      stripe.charges.list({}, acacia),
      stripe.paymentIntents.list({}, acacia),
      stripe.paymentMethods.list({ customer: String(customer) }, acacia),
      stripe.products.list({}, acacia),
      stripe.refunds.create({ charge: charge?.id ?? '' }, acacia),
      stripe.setupIntents.create({}, acacia),
      stripe.checkout.sessions.create(
        { mode: 'setup', currency: 'eur', success_url: 'https://example.com/' },
        acacia,
      ),
    ]
    const kinds = new Set<string>()
    for (const object of objectsIn(await Promise.all(answers))) {
      const kind = String(object.object)
      const fields = ACACIA_FIELDS[kind]?.trim().split(/\s+/)
      if (fields === undefined) continue
      kinds.add(kind)
      const names = Object.keys(object)
      const known = fields.map((name) => name.replace('?', ''))
      const needed = fields.filter((name) => !name.endsWith('?'))
      expect([kind, names.filter((name) => !known.includes(name))]).toEqual([kind, []])
      expect([kind, needed.filter((name) => !names.includes(name))]).toEqual([kind, []])
    }
    expect(kinds).toEqual(
      new Set([
        'charge',
        'checkout.session',
        'customer',
        'invoice',
        'line_item',
        'payment_intent',
        'payment_method',
        'plan',
        'price',
        'product',
        'refund',
        'setup_intent',
        'subscription',
        'subscription_item',
      ]),
    )
  })
})

describe('a webhook in acacia', () => {
  async function receiverOf(api_version: '2025-02-24.acacia' | '2026-10-28.endive') {
    const receiver = await startReceiver()
    await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['customer.subscription.updated', 'invoice.paid'],
      api_version,
    })
    return receiver
  }

  it('is in acacia for its endpoint alone, what changed included', async () => {
    const old = await receiverOf(ACACIA)
    const recent = await receiverOf('2026-10-28.endive')
    const { customer, price } = await terms()
    const { id: test_clock } = await stripe.testHelpers.testClocks.create({
      frozen_time: 1_767_225_600,
    })
    const { id: onClock } = await stripe.customers.create({ test_clock })
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: onClock })
    const { id, items } = await stripe.subscriptions.create({
      customer: onClock,
      default_payment_method: card.id,
      items: [{ price }],
    })
    expect(customer).not.toBe(onClock)
    await stripe.testHelpers.testClocks.advance(test_clock, {
      frozen_time: 1_767_225_600 + 32 * 86_400,
    })
    const isRenewal = ({ event }: { event: Stripe.Event }) =>
      event.type === 'customer.subscription.updated' &&
      JSON.stringify(event.data.previous_attributes).includes('current_period_end')
    for (const { received } of [old, recent])
      await eventually(() => expect(received.filter(isRenewal)).toHaveLength(1))
    const [oldEvent] = old.received.filter(isRenewal)
    const [recentEvent] = recent.received.filter(isRenewal)
    const [item] = items.data
    expect(oldEvent?.event).toMatchObject({
      api_version: ACACIA,
      id: recentEvent?.event.id,
      data: {
        object: { id, current_period_start: item?.current_period_end },
        previous_attributes: {
          current_period_end: item?.current_period_end,
          current_period_start: item?.current_period_start,
        },
      },
    })
    expect(oldEvent?.event.data.previous_attributes).not.toHaveProperty('items')
    expect(oldEvent?.event).not.toHaveProperty('context')
    expect(recentEvent?.event.api_version).toBe('2026-10-28.endive')
    expect(recentEvent?.event.data.previous_attributes).toMatchObject({
      items: { data: [{ current_period_end: item?.current_period_end }] },
    })
    expect(recentEvent?.event.data.previous_attributes).not.toHaveProperty(
      'current_period_end',
    )
    const paid = await eventually(
      () =>
        old.received.find(({ event }) => event.type === 'invoice.paid') ??
        expect.fail('not paid'),
    )
    expect(paid.event.data.object).toMatchObject({
      paid: true,
      paid_out_of_band: false,
      subscription: id,
      payment_intent: expect.stringMatching(/^pi_/),
      charge: expect.stringMatching(/^ch_/),
    })
    expectNone(paid.event.data.object, NOT_IN_ACACIA.invoice)
  })

  it('stays as it was made when it is sent again', async () => {
    const receiver = await startReceiver()
    await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['invoice.created'],
      api_version: ACACIA,
    })
    await subscribed()
    await receiver.atLeast(1)
    const [first] = receiver.received
    // By now it is paid, and was not when the event was made.
    await control('deliveries/resend', { event: first?.event.id ?? '' })
    expect(receiver.received[1]?.body).toBe(first?.body)
    // The Events API shows it in the version of the account.
    const event = await stripe.events.retrieve(first?.event.id ?? '')
    expect(event.api_version).toBe('2026-10-28.endive')
    expect(event.data.object).toHaveProperty('parent')
  })
})

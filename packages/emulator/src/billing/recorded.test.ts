// What recorded answers of the API have, field by field. Source: the cassettes of
// https://github.com/pay-rails/pay, recorded with 2026-08-26.dahlia and 2026-09-30.endive.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const { stripe } = billing

const EXPAND = [
  'latest_invoice.confirmation_secret',
  'latest_invoice.payments.data.payment',
]

function invoiceOf({ latest_invoice }: Stripe.Subscription): Stripe.Invoice {
  return latest_invoice as Stripe.Invoice
}

async function intentOf({ payments }: Stripe.Invoice): Promise<Stripe.PaymentIntent> {
  const id = String(payments?.data[0]?.payment.payment_intent)
  return stripe.paymentIntents.retrieve(id, {
    expand: ['latest_charge.balance_transaction'],
  })
}

describe('a new subscription', () => {
  it('has a first invoice that looks back on nothing, and still shows how it was paid', async () => {
    const begin = billing.now
    const subscription = await billing.subscribe({ card: 'pm_card_visa', expand: EXPAND })
    expect(subscription).toMatchObject({
      billing_mode: {
        flexible: { proration_discounts: 'included' },
        type: 'flexible',
        updated_at: begin,
      },
      cancellation_details: { feedback_option: null },
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      items: { data: [{ current_trial: null }] },
      managed_payments: { enabled: false },
      trial_settings: {
        end_behavior: {
          billing_cycle_anchor: 'now',
          missing_payment_method: 'create_invoice',
        },
      },
    })
    const invoice = invoiceOf(subscription)
    const intent = await intentOf(invoice)
    expect(invoice).toMatchObject({
      attempt_count: 1,
      period_start: begin,
      period_end: begin,
      rendering: null,
      status: 'paid',
      confirmation_secret: { client_secret: intent.client_secret },
    })
    expect(intent).toMatchObject({
      automatic_payment_methods: null,
      capture_method: 'automatic',
      description: 'Subscription creation',
      latest_charge: { balance_transaction: { status: 'pending', type: 'charge' } },
      managed_payments: { enabled: false },
      payment_details: { customer_reference: null, order_reference: invoice.id },
      setup_future_usage: 'off_session',
    })
  })

  it.each([
    ['flexible', 'Free trial for 1 × Pro'],
    ['classic', 'Trial period for Pro'],
  ] as const)('on trial has a line of its own: %s', async (type, description) => {
    const subscription = await billing.subscribe({
      billing_mode: { type },
      trial_period_days: 7,
    })
    expect(subscription.billing_mode.flexible === null).toBe(type === 'classic')
    const { lines } = await billing.latestInvoice(subscription)
    expect(lines.data).toMatchObject([{ amount: 0, description }])
  })
})

describe('a proration', () => {
  it('is a line of the subscription item that it is for, billed up to now', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    const begin = billing.now
    const [item] = subscription.items.data
    await billing.pass(3)
    const price = await billing.price({
      unit_amount: 25_000,
      recurring: { interval: 'year' },
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', price }],
      proration_behavior: 'always_invoice',
      expand: EXPAND,
    })
    const invoice = invoiceOf(updated)
    expect(invoice).toMatchObject({
      amount_paid: 24_000,
      billing_reason: 'subscription_update',
      period_start: begin,
      period_end: billing.now,
    })
    const details = {
      invoice_item: expect.stringMatching(/^ii_/),
      proration: true,
      subscription: subscription.id,
      subscription_item: item?.id,
    }
    const line = {
      discountable: false,
      parent: {
        invoice_item_details: null,
        subscription_item_details: details,
        type: 'subscription_item_details',
      },
      pricing: { type: 'price_details', unit_amount_decimal: null },
    }
    expect(invoice.lines.data).toMatchObject([
      { ...line, amount: -1_000, description: 'Unused time on Pro after 01 Jan 2026' },
      { ...line, amount: 25_000, description: 'Remaining time on Pro after 01 Jan 2026' },
    ])
    expect(await intentOf(invoice)).toMatchObject({
      description: 'Subscription update',
      setup_future_usage: 'off_session',
    })
  })
})

describe('an invoice that is made by hand', () => {
  it('looks back on the period of its subscription', async () => {
    const { customer, id } = await billing.subscribe({ card: 'pm_card_visa' })
    const begin = billing.now
    await billing.pass(6)
    const invoice = await stripe.invoices.create({
      customer: String(customer),
      subscription: id,
    })
    expect(invoice).toMatchObject({
      auto_advance: false,
      billing_reason: 'manual',
      parent: { subscription_details: { subscription: id } },
      period_start: begin,
      period_end: billing.now,
      rendering: { amount_tax_display: null, pdf: { page_size: 'auto' } },
    })
  })
})

describe('the webhooks of an invoice', () => {
  it('are delivered at once when there are none, and otherwise when they are', async () => {
    const { id } = await billing.subscribe({ card: 'pm_card_visa' })
    const unheard = await billing.latestInvoice({ id })
    expect(unheard.webhooks_delivered_at).toBe(unheard.created)
    await stripe.webhookEndpoints.create({
      enabled_events: ['invoice.created'],
      url: 'http://127.0.0.1:9',
    })
    await billing.passTo('2026-02-01')
    await billing.emulator.settled()
    const draft = await billing.latestInvoice({ id })
    expect(draft).toMatchObject({ status: 'draft', webhooks_delivered_at: null })
  })
})

describe('a customer', () => {
  it('is billed in one currency', async () => {
    const customer = await billing.customer('pm_card_visa')
    const { id } = await billing.subscribe({ customer })
    const price = await billing.price({ currency: 'eur' })
    const other = { customer, items: [{ price }] }
    const refused = {
      statusCode: 400,
      message: expect.stringMatching(/^You cannot combine currencies .* currency usd\.$/),
    }
    await expect(stripe.subscriptions.create(other)).rejects.toMatchObject(refused)
    const session = stripe.checkout.sessions.create({
      customer,
      line_items: [{ price, quantity: 1 }],
      mode: 'subscription',
      success_url: 'https://example.com',
    })
    await expect(session).rejects.toMatchObject(refused)
    await stripe.subscriptions.cancel(id)
    expect((await stripe.subscriptions.create(other)).currency).toBe('eur')
  })
})

describe('the end of a trial', () => {
  it('begins the billing cycle anew, and anything else is refused', async () => {
    const later = { end_behavior: { billing_cycle_anchor: 'unchanged' } } as const
    const refused = { statusCode: 400, message: expect.stringContaining('not model') }
    const params = { trial_period_days: 7, trial_settings: later }
    await expect(billing.subscribe(params)).rejects.toMatchObject(refused)
    const { id } = await billing.subscribe({ trial_period_days: 7 })
    const change = stripe.subscriptions.update(id, { trial_settings: later })
    await expect(change).rejects.toMatchObject(refused)
  })
})

// Every modelled object has the fields of Stripe's OpenAPI description, with their types and
// values. stripe-mock describes the train before that of the `stripe` package: what is newer,
// and what recorded answers have and no description, is written down here.
import { findBinary, readDescription } from '@countersign/stripe-mock'
import Stripe from 'stripe'
import { afterAll, expect, it } from 'vitest'
import { startEmulator } from '../index.ts'
import { createRouter } from './route.ts'
import { routes } from './routes.ts'
import { ShapeCheck } from './shapes.test-setup.ts'

/** In the types of `stripe` 23.1, and not in the description. */
const ENDIVE = [
  'checkout.session.allowed_payment_method_types: unknown',
  'charge.payment_method_details.card.electronic_commerce_indicator: unknown',
  'dispute.evidence_details.submission_method: unknown',
  'dispute.intended_submission_method: unknown',
  'dispute.network_reason_code: unknown',
  'invoice.amount_paid_off_stripe: missing',
  'price.recurring.trial_period_days: unknown',
  'product.tax_details: unknown',
  'product.type: unknown',
  'subscription.pending_update.cancel_at_period_end: unknown',
  'subscription.status_details: unknown',
  'subscription.trial_settings.end_behavior.billing_cycle_anchor: unknown',
  'subscription_item.current_trial: unknown',
  'subscription_item.plan: unknown',
]

/** In recorded answers, and in no description. */
const RECORDED = [
  'charge.source: unknown',
  'payment_intent.payment_record: unknown',
  'payment_intent.source: unknown',
]

/** `invoice.upcoming` is of an invoice that is not there yet. Source: its entry at https://docs.stripe.com/api/events/types */
const UPCOMING = ['invoice.id: missing']

const openApi = await readDescription((await findBinary())?.path ?? '')
const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    operation: `${method.toUpperCase()} ${path}`,
    answer: responses['200']?.content?.['application/json']?.schema,
  })),
)
const match = createRouter(operations)
const isModelled = createRouter(routes)
const check = new ShapeCheck(openApi.components.schemas)

const emulator = await startEmulator({ seed: 1 })
afterAll(() => emulator.stop())
const stripe = new Stripe(emulator.secretKey, {
  ...emulator.stripeConfig,
  maxNetworkRetries: 0,
  httpClient: Stripe.createFetchHttpClient(async (input, init) => {
    const response = await fetch(input, init)
    const { pathname } = new URL(String(input))
    const method = init?.method ?? 'GET'
    const answer = match(method, pathname)?.route.answer
    if (response.ok && answer && isModelled(method, pathname))
      check.compare(await response.clone().json(), answer, pathname)
    return response
  }),
})

const OBJECTS = [
  'balance_transaction',
  'charge',
  'checkout.session',
  'customer',
  'dispute',
  'event',
  'invoice',
  'invoice_payment',
  'invoiceitem',
  'item',
  'line_item',
  'list',
  'payment_intent',
  'payment_method',
  'plan',
  'price',
  'product',
  'radar.early_fraud_warning',
  'refund',
  'search_result',
  'setup_attempt',
  'setup_intent',
  'subscription',
  'subscription_item',
  'test_helpers.test_clock',
  'webhook_endpoint',
]

const DAY = 86_400
const PAYMENT = { amount: 2_000, currency: 'usd', confirm: true } as const

async function customerWith(card: string): Promise<string> {
  const { id } = await stripe.customers.create({
    address: { line1: '1 Main Street', country: 'US' },
    email: 'a@example.com',
    expand: ['subscriptions', 'sources', 'tax_ids', 'invoice_credit_balance'],
  })
  const { id: method } = await stripe.paymentMethods.attach(card, { customer: id })
  await stripe.customers.update(id, {
    invoice_settings: { default_payment_method: method },
  })
  return id
}

/** Of the last 30 days: older ones are not listed. */
async function compareEvents(): Promise<void> {
  for await (const { data } of stripe.events.list({ limit: 100 }))
    check.compareObject(data.object as unknown as Record<string, unknown>)
}

async function payments(): Promise<void> {
  const customer = await customerWith('pm_card_visa')
  const [card] = (await stripe.paymentMethods.list({ customer })).data
  const paid = await stripe.paymentIntents.create({
    ...PAYMENT,
    customer,
    payment_method: card?.id ?? '',
    payment_method_options: { card: { request_three_d_secure: 'any' } },
    expand: ['latest_charge.refunds', 'payment_method'],
  })
  await stripe.refunds.create({ payment_intent: paid.id, expand: ['charge'] })
  const aliases = [
    'authenticationRequired',
    'chargeDeclinedIncorrectCvc',
    'createDispute',
    'createDisputeInquiry',
    'createIssuerFraudRecord',
    'pendingRefund',
    'radarBlock',
    'refundFail',
  ]
  for (const alias of aliases) {
    const { id } = await stripe.paymentIntents
      .create({ ...PAYMENT, payment_method: `pm_card_${alias}` })
      .catch((error) => error.payment_intent)
    if (alias.toLowerCase().includes('refund'))
      await stripe.refunds.create({ payment_intent: id })
  }
  const held = await stripe.paymentIntents.create({
    ...PAYMENT,
    capture_method: 'manual',
    payment_method: 'pm_card_mastercard',
  })
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1_500 })
  const waiting = await stripe.paymentIntents.create({ amount: 700, currency: 'jpy' })
  await stripe.paymentIntents.cancel(waiting.id)
  await emulator.clock.advance(DAY)
  const [dispute] = (await stripe.disputes.list()).data
  await stripe.disputes.update(dispute?.id ?? '', {
    evidence: { uncategorized_text: 'winning_evidence' },
    submit: true,
  })
  await emulator.clock.advance(9 * DAY)
  await stripe.paymentIntents.list({ limit: 100, expand: ['data.latest_charge'] })
  await stripe.charges.search({ query: 'currency:"usd"' })
  await stripe.balanceTransactions.list({ limit: 100 })
  await stripe.refunds.list()
  await stripe.radar.earlyFraudWarnings.list()
  for (const alias of ['visa', 'authenticationRequired', 'visa_chargeDeclined'])
    await stripe.setupIntents
      .create({ confirm: true, payment_method: `pm_card_${alias}` })
      .catch(() => {})
  await stripe.setupIntents.list({ expand: ['data.latest_attempt'] })
}

async function billing(): Promise<void> {
  const { frozen_time, id: clock } = await stripe.testHelpers.testClocks.create({
    frozen_time: emulator.clock.now().getTime() / 1000,
  })
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: frozen_time + 60 })
  await stripe.webhookEndpoints.create({
    enabled_events: ['charge.failed'],
    url: 'http://127.0.0.1:9',
  })
  const { default_price, id: product } = await stripe.products.create({
    name: 'Pro',
    default_price_data: {
      currency: 'usd',
      unit_amount: 1_000,
      recurring: { interval: 'month' },
    },
  })
  const yearly = await stripe.prices.create({
    currency: 'usd',
    product,
    recurring: { interval: 'year' },
    unit_amount_decimal: Stripe.Decimal.from('12000.5'),
  })
  const items = [{ price: String(default_price) }]
  const customer = await customerWith('pm_card_visa')
  const expand = ['latest_invoice.confirmation_secret', 'latest_invoice.payments']
  const subscribe = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stripe.subscriptions.create({ customer, items, expand, ...params })
  const first = await subscribe()
  await stripe.subscriptions.update(first.id, {
    items: [{ id: first.items.data[0]?.id ?? '', price: yearly.id }],
    cancel_at_period_end: true,
  })
  await subscribe({ collection_method: 'send_invoice', days_until_due: 5 })
  await subscribe({ payment_behavior: 'default_incomplete' })
  await subscribe({ trial_period_days: 7 })
  const paused = await subscribe()
  await stripe.subscriptions.pause(paused.id, { type: 'subscription' })
  const failing = await customerWith('pm_card_chargeCustomerFail')
  const held = await subscribe({ trial_period_days: 1, customer: failing })
  await emulator.clock.advance(2 * DAY)
  await stripe.subscriptions.update(held.id, {
    items: [{ id: held.items.data[0]?.id ?? '', quantity: 3 }],
    payment_behavior: 'pending_if_incomplete',
    proration_behavior: 'always_invoice',
  })
  await invoiceByHand(customer)
  await compareEvents()
  await emulator.clock.advance(30 * DAY)
  await compareEvents()
  await stripe.subscriptions.list({ status: 'all', expand: ['data.latest_invoice'] })
  await stripe.invoices.list({ limit: 100, expand: ['data.payments', 'data.customer'] })
  await stripe.invoices.createPreview({ subscription: first.id })
  await stripe.invoiceItems.list()
}

async function invoiceByHand(customer: string): Promise<void> {
  const invoice = await stripe.invoices.create({ customer })
  await stripe.invoiceItems.create({
    amount: 500,
    currency: 'usd',
    customer,
    invoice: invoice.id,
  })
  await stripe.invoices.finalizeInvoice(invoice.id)
  await stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
}

async function checkout(): Promise<void> {
  const { id } = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [
      {
        price_data: { currency: 'usd', product_data: { name: 'Mug' }, unit_amount: 900 },
        quantity: 2,
      },
    ],
    success_url: 'https://example.com',
  })
  await fetch(`${emulator.url}/_emulator/checkout/complete`, {
    method: 'POST',
    body: new URLSearchParams({ session: id, email: 'a@example.com' }),
  })
  await stripe.checkout.sessions.create({
    currency: 'usd',
    mode: 'setup',
    success_url: 'https://example.com',
  })
  await stripe.checkout.sessions.list({ expand: ['data.line_items'] })
}

it('answers objects of the shapes that are described', async () => {
  await payments()
  await billing()
  await checkout()
  await compareEvents()
  const known = [...ENDIVE, ...RECORDED, ...UPCOMING]
  expect([...check.differences].filter((one) => !known.includes(one))).toEqual([])
  // An entry that is no longer needed goes.
  expect(known.filter((one) => !check.differences.has(one))).toEqual([])
  expect([...check.objects].sort()).toEqual(OBJECTS)
})

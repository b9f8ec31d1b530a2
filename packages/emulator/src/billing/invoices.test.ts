// Invoices that somebody makes by hand, what stands on them, and what becomes of them.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { DAY, errorOf, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const early = await startBilling({ upcomingDays: 3 })
const silent = await startBilling({ upcomingDays: 0 })
const { stripe } = billing

const MONTH = 31 * DAY

/** A draft of 5.00 USD for a customer with a card, which nobody finalizes. */
async function draft(
  params: Partial<Stripe.InvoiceCreateParams> = {},
  card: string | undefined = 'pm_card_visa',
): Promise<Stripe.Invoice> {
  const customer = await billing.customer(card)
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
  return stripe.invoices.create({
    customer,
    pending_invoice_items_behavior: 'include',
    ...params,
  })
}

function amountsOf({ lines }: Stripe.Invoice): number[] {
  return lines.data.map(({ amount }) => amount)
}

describe('a manual invoice', () => {
  it('is a draft of what has waited for it, and stays one', async () => {
    const invoice = await draft()
    expect(invoice).toMatchObject({
      status: 'draft',
      billing_reason: 'manual',
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
      amount_due: 500,
      number: null,
      parent: null,
    })
    const [line] = invoice.lines.data
    const itemId = line?.parent?.invoice_item_details?.invoice_item
    expect(await stripe.invoiceItems.retrieve(String(itemId))).toMatchObject({
      invoice: invoice.id,
    })
    await billing.pass(5 * DAY)
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'draft' })
  })

  it('leaves what waits alone unless it is told to include it', async () => {
    const customer = await billing.customer('pm_card_visa')
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
    const { id, total } = await stripe.invoices.create({ customer })
    expect(total).toBe(0)
    const { data } = await stripe.invoiceItems.list({ customer, pending: true })
    expect(data).toHaveLength(1)
    await stripe.invoiceItems.create({
      customer,
      invoice: id,
      amount: 70,
      currency: 'usd',
    })
    expect(amountsOf(await stripe.invoices.retrieve(id))).toEqual([70])
  })

  it('advances by itself when it is told to: after an hour it is finalized and paid', async () => {
    const { id } = await draft({ auto_advance: true })
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      automatically_finalizes_at: billing.now + HOUR,
    })
    await billing.pass(HOUR - 1)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'draft' })
    await billing.pass(1)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: billing.now, paid_at: billing.now },
    })
  })

  it('that advances is tried again when its payment fails', async () => {
    const { id } = await draft({ auto_advance: true }, 'pm_card_chargeCustomerFail')
    await billing.pass(HOUR)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'open',
      attempt_count: 1,
      next_payment_attempt: billing.now + DAY,
    })
  })

  it('is numbered as it is finalized, by its customer', async () => {
    const first = await draft()
    const customer = String(first.customer)
    const second = await stripe.invoices.create({ customer })
    const later = await stripe.invoices.finalizeInvoice(second.id)
    const { number } = await stripe.invoices.finalizeInvoice(first.id)
    expect(later.number).toMatch(/^[A-Z0-9]{8}-0001$/)
    expect(number).toBe(later.number?.replace('0001', '0002'))
  })

  it('of nothing is paid as it is finalized', async () => {
    const customer = await billing.customer()
    const { id } = await stripe.invoices.create({ customer })
    const events = await billing.eventsOf(() => stripe.invoices.finalizeInvoice(id))
    expect(events.map(({ type }) => type)).not.toContain('payment_intent.created')
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      attempted: true,
    })
  })
})

describe('a draft', () => {
  it('changes with its items', async () => {
    const { id, customer } = await draft()
    const item = await stripe.invoiceItems.create({
      customer: String(customer),
      invoice: id,
      amount: 300,
      currency: 'usd',
      description: 'Tea',
    })
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      total: 800,
      amount_due: 800,
    })
    await stripe.invoiceItems.update(item.id, { amount: 200, description: 'Less tea' })
    const events = await billing.eventsOf(() => stripe.invoiceItems.del(item.id))
    expect(events.map(({ type }) => type)).toEqual([
      'invoiceitem.deleted',
      'invoice.updated',
    ])
    expect(events[1]?.data.previous_attributes).toMatchObject({ total: 700 })
    expect(amountsOf(await stripe.invoices.retrieve(id))).toEqual([500])
  })

  it('has items of a price, of a part of one, and of a customer', async () => {
    const { id, customer } = await draft()
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 150,
      product_data: { name: 'Tea' },
    })
    const of = { customer: String(customer), invoice: id }
    await stripe.invoiceItems.create({ ...of, pricing: { price: price.id }, quantity: 3 })
    await stripe.invoiceItems.create({
      ...of,
      currency: 'usd',
      unit_amount_decimal: '0.5',
      quantity: 5,
    } as unknown as Stripe.InvoiceItemCreateParams)
    await stripe.invoiceItems.create({ ...of, amount: -100, currency: 'usd' })
    const invoice = await stripe.invoices.retrieve(id)
    expect(amountsOf(invoice)).toEqual([500, 450, 3, -100])
    expect(invoice.total).toBe(853)
  })

  it('takes no items of somebody else, of recurring prices, or when it is none any more', async () => {
    const { id, customer } = await draft()
    const item = { amount: 100, currency: 'usd', invoice: id }
    const other = await billing.customer()
    expect(
      await errorOf(stripe.invoiceItems.create({ ...item, customer: other })),
    ).toMatchObject({ statusCode: 400, param: 'invoice' })
    const recurring = await billing.price()
    expect(
      await errorOf(
        stripe.invoiceItems.create({
          customer: String(customer),
          pricing: { price: recurring },
        }),
      ),
    ).toMatchObject({ statusCode: 400, param: 'price' })
    expect(
      await errorOf(
        stripe.invoiceItems.create({
          ...item,
          customer: String(customer),
          currency: 'eur',
        }),
      ),
    ).toMatchObject({ statusCode: 400, param: 'currency' })
    await stripe.invoices.finalizeInvoice(id)
    const [line] = (await stripe.invoices.retrieve(id)).lines.data
    const itemId = String(line?.parent?.invoice_item_details?.invoice_item)
    for (const run of [
      () => stripe.invoiceItems.create({ ...item, customer: String(customer) }),
      () => stripe.invoiceItems.update(itemId, { amount: 1 }),
      () => stripe.invoiceItems.del(itemId),
    ]) {
      expect(await errorOf(run())).toMatchObject({ code: 'invoice_not_editable' })
    }
  })

  it('of a renewal may be edited for an hour', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(MONTH)
    const { id, customer } = await billing.latestInvoice(subscription)
    await stripe.invoiceItems.create({
      customer: String(customer),
      invoice: id,
      amount: 250,
      currency: 'usd',
    })
    await stripe.invoices.update(id, { footer: 'Thank you', metadata: { a: '1' } })
    await billing.pass(HOUR)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'paid',
      amount_paid: 1_250,
      footer: 'Thank you',
      metadata: { a: '1' },
    })
  })

  it('may be held back, and let go', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(MONTH)
    const { id } = await billing.latestInvoice(subscription)
    expect(await stripe.invoices.update(id, { auto_advance: false })).toMatchObject({
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
    await billing.pass(2 * DAY)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'draft' })
    await stripe.invoices.update(id, { auto_advance: true })
    await billing.pass(HOUR)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' })
  })

  it('keeps its hour when nothing of that is changed', async () => {
    const { id, automatically_finalizes_at } = await draft({ auto_advance: true })
    await billing.pass(HOUR / 2)
    expect(await stripe.invoices.update(id, { auto_advance: true })).toMatchObject({
      automatically_finalizes_at,
    })
  })

  it('is deleted with its items, but never one of a subscription', async () => {
    const { id, customer } = await draft()
    const events = await billing.eventsOf(() => stripe.invoices.del(id))
    expect(events.map(({ type }) => type)).toEqual(['invoice.deleted'])
    expect(await errorOf(stripe.invoices.retrieve(id))).toMatchObject({ statusCode: 404 })
    const { data } = await stripe.invoiceItems.list({ customer: String(customer) })
    expect(data).toEqual([])
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(MONTH)
    const renewal = await billing.latestInvoice(subscription)
    expect(await errorOf(stripe.invoices.del(renewal.id))).toMatchObject({
      statusCode: 400,
    })
  })
})

describe('a finalized invoice', () => {
  it('is paid', async () => {
    const { id } = await draft()
    const open = await stripe.invoices.finalizeInvoice(id, { expand: ['payments'] })
    expect(open).toMatchObject({
      status: 'open',
      attempted: false,
      payments: { data: [{ status: 'open', amount_requested: 500, is_default: true }] },
    })
    const types = await billing.typesOf(() => stripe.invoices.pay(id))
    expect(types).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ])
    const paid = await stripe.invoices.retrieve(id, { expand: ['payments'] })
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 500,
      amount_remaining: 0,
      payments: { data: [{ status: 'paid', amount_paid: 500 }] },
    })
  })

  it('is paid by what is named, which is nobody else’s', async () => {
    const { id, customer } = await draft()
    const card = await stripe.paymentMethods.attach('pm_card_mastercard', {
      customer: String(customer),
    })
    const others = await billing.giveCard(await billing.customer())
    expect(
      await errorOf(stripe.invoices.pay(id, { payment_method: others })),
    ).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    })
    await stripe.invoices.pay(id, { payment_method: card.id })
    const intent = await stripe.paymentIntents.retrieve(await billing.intentOf({ id }))
    expect(intent).toMatchObject({ payment_method: card.id, customer })
  })

  it('is paid by another payment intent when its own has been canceled', async () => {
    const { id } = await draft()
    await stripe.invoices.finalizeInvoice(id)
    const first = await billing.intentOf({ id })
    await stripe.paymentIntents.cancel(first)
    await stripe.invoices.pay(id)
    const { data } = await stripe.invoicePayments.list({ invoice: id })
    expect(data).toMatchObject([
      { status: 'paid', is_default: true },
      { status: 'canceled', is_default: false, payment: { payment_intent: first } },
    ])
    expect(await stripe.paymentIntents.retrieve(first)).toMatchObject({
      status: 'canceled',
      amount_received: 0,
    })
  })

  it('is paid out of band without a charge', async () => {
    const { id, customer } = await draft({}, 'pm_card_chargeCustomerFail')
    const events = await billing.eventsOf(() =>
      stripe.invoices.pay(id, { paid_out_of_band: true }),
    )
    const types = events.map(({ type }) => type)
    expect(types).toContain('invoice.paid')
    expect(types).not.toContain('invoice.payment_succeeded')
    expect(await stripe.invoices.retrieve(id, { expand: ['payments'] })).toMatchObject({
      status: 'paid',
      amount_remaining: 0,
      attempt_count: 0,
      payments: { data: [{ status: 'canceled' }] },
    })
    expect((await stripe.charges.list({ customer: String(customer) })).data).toEqual([])
  })

  it('cannot be paid with nothing: a draft stays one', async () => {
    const { id } = await draft({}, undefined)
    const customer = await billing.customer()
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
    const bare = await stripe.invoices.create({
      customer,
      pending_invoice_items_behavior: 'include',
    })
    const types = await billing.typesOf(async () => {
      expect(await errorOf(stripe.invoices.pay(bare.id))).toMatchObject({
        statusCode: 400,
        code: 'resource_missing',
      })
    })
    expect(types).toEqual([])
    expect(await stripe.invoices.retrieve(bare.id)).toMatchObject({ status: 'draft' })
    expect(await stripe.invoices.pay(id)).toMatchObject({ status: 'paid' })
  })

  it('cannot be paid by what is used up: a draft stays one', async () => {
    const { id, customer } = await draft()
    const { id: used } = await stripe.paymentMethods.attach('pm_card_visa', {
      customer: String(customer),
    })
    await stripe.paymentMethods.detach(used)
    const types = await billing.typesOf(async () => {
      expect(
        await errorOf(stripe.invoices.pay(id, { payment_method: used })),
      ).toMatchObject({ statusCode: 400, param: 'payment_method' })
    })
    expect(types).toEqual([])
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'draft' })
  })

  it('that asks for authentication says so, and is paid when that is done', async () => {
    const { id } = await draft({}, 'pm_card_authenticationRequired')
    expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({
      statusCode: 402,
      code: 'invoice_payment_intent_requires_action',
    })
    await billing.authenticate(await billing.intentOf({ id }))
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' })
  })

  it('can have its metadata changed, and not what stands on it', async () => {
    const { id } = await draft()
    await stripe.invoices.finalizeInvoice(id)
    const changed = await stripe.invoices.update(id, { metadata: { a: '1' } })
    expect(changed.metadata).toEqual({ a: '1' })
    expect(await errorOf(stripe.invoices.update(id, { footer: 'x' }))).toMatchObject({
      code: 'invoice_not_editable',
    })
  })

  it('is sent when it is one that is sent', async () => {
    const { id } = await draft({ collection_method: 'send_invoice', days_until_due: 7 })
    const types = await billing.typesOf(() => stripe.invoices.sendInvoice(id))
    expect(types).toEqual(expect.arrayContaining(['invoice.finalized', 'invoice.sent']))
    const overdue = await billing.typesOf(() => billing.pass(7 * DAY))
    expect(overdue).toContain('invoice.overdue')
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'open',
      next_payment_attempt: null,
    })
    const other = await draft()
    expect(await errorOf(stripe.invoices.sendInvoice(other.id))).toMatchObject({
      statusCode: 400,
    })
  })

  it('is due when it says', async () => {
    const due_date = billing.now + 100_001
    const { id } = await draft({ collection_method: 'send_invoice', due_date })
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ due_date })
    const error = await errorOf(draft({ collection_method: 'send_invoice' }))
    expect(error).toMatchObject({ statusCode: 400, param: 'days_until_due' })
  })
})

describe('what may become of an invoice', () => {
  type End = 'open' | 'paid' | 'uncollectible' | 'void'
  const acts: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    finalize: (id) => stripe.invoices.finalizeInvoice(id),
    pay: (id) => stripe.invoices.pay(id),
    void: (id) => stripe.invoices.voidInvoice(id),
    uncollectible: (id) => stripe.invoices.markUncollectible(id),
    delete: (id) => stripe.invoices.del(id),
  }
  const ways: Readonly<Record<string, readonly string[]>> = {
    draft: [],
    open: ['finalize'],
    paid: ['pay'],
    void: ['finalize', 'void'],
    uncollectible: ['finalize', 'uncollectible'],
  }
  const allowed: Readonly<Record<string, Readonly<Record<string, End | 'deleted'>>>> = {
    draft: { finalize: 'open', pay: 'paid', delete: 'deleted' },
    open: { pay: 'paid', void: 'void', uncollectible: 'uncollectible' },
    paid: {},
    void: {},
    uncollectible: { pay: 'paid', void: 'void' },
  }

  it.each(
    Object.keys(ways).flatMap((from) => Object.keys(acts).map((act) => [from, act])),
  )('from %s: %s', async (from, act) => {
    const { id } = await draft()
    for (const step of ways[from] ?? []) await acts[step]?.(id)
    const before = await stripe.invoices.retrieve(id)
    expect(before.status).toBe(from)
    const end = allowed[from]?.[act]
    if (end === undefined) {
      const types = await billing.typesOf(async () => {
        expect(await errorOf(acts[act]?.(id) ?? Promise.resolve())).toMatchObject({
          statusCode: 400,
        })
      })
      expect(types).toEqual([])
      expect(await stripe.invoices.retrieve(id)).toEqual(before)
    } else if (end === 'deleted') {
      expect(await acts[act]?.(id)).toMatchObject({ id, deleted: true })
    } else {
      expect(await acts[act]?.(id)).toMatchObject({ id, status: end })
    }
  })

  it('shows when it happened', async () => {
    const { id } = await draft()
    await stripe.invoices.finalizeInvoice(id)
    const finalized_at = billing.now
    await billing.pass(DAY)
    await stripe.invoices.markUncollectible(id)
    await billing.pass(DAY)
    const types = await billing.typesOf(() => stripe.invoices.voidInvoice(id))
    expect(types).toEqual([
      'invoice.voided',
      'invoice.updated',
      'payment_intent.canceled',
    ])
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status_transitions: {
        finalized_at,
        marked_uncollectible_at: finalized_at + DAY,
        voided_at: finalized_at + 2 * DAY,
        paid_at: null,
      },
    })
  })
})

describe('lists', () => {
  it('of lines have pages', async () => {
    const { id, customer } = await draft()
    for (const amount of [100, 200, 300]) {
      await stripe.invoiceItems.create({
        customer: String(customer),
        invoice: id,
        amount,
        currency: 'usd',
      })
    }
    const first = await stripe.invoices.listLineItems(id, { limit: 3 })
    expect(first.has_more).toBe(true)
    const all: number[] = []
    for await (const { amount } of stripe.invoices.listLineItems(id, { limit: 3 }))
      all.push(amount)
    expect(all).toEqual([500, 100, 200, 300])
  })

  it('of invoices are by customer, status, subscription and way of collection', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    const customer = String(subscription.customer)
    const manual = await stripe.invoices.create({ customer })
    await draft({ collection_method: 'send_invoice', days_until_due: 1 })
    const idsOf = async (params: Stripe.InvoiceListParams) =>
      (await stripe.invoices.list(params)).data.map(({ id }) => id)
    const first = String(subscription.latest_invoice)
    expect(await idsOf({ customer })).toEqual([manual.id, first])
    expect(await idsOf({ customer, status: 'draft' })).toEqual([manual.id])
    expect(await idsOf({ subscription: subscription.id })).toEqual([first])
    expect(await idsOf({ collection_method: 'send_invoice' })).toHaveLength(1)
  })

  it('of payments are by invoice, by payment intent and by status', async () => {
    const paid = await draft()
    await stripe.invoices.pay(paid.id)
    const open = await draft()
    await stripe.invoices.finalizeInvoice(open.id)
    const { data } = await stripe.invoicePayments.list({ invoice: paid.id })
    expect(data).toMatchObject([{ invoice: paid.id, status: 'paid', amount_paid: 500 }])
    const [payment] = data
    expect(await stripe.invoicePayments.retrieve(payment?.id ?? '')).toEqual(payment)
    const byStatus = await stripe.invoicePayments.list({ status: 'open' })
    expect(byStatus.data).toMatchObject([{ invoice: open.id }])
    const payment_intent = await billing.intentOf(paid)
    const byIntent = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent },
    })
    expect(byIntent.data).toEqual(data)
  })
})

describe('invoice.upcoming', () => {
  it.each([
    ['seven days by default', billing, 7],
    ['as many as are set', early, 3],
  ] as const)('comes before a renewal: %s', async (_, of, days) => {
    await of.subscribe({ card: 'pm_card_visa' })
    const start = of.now
    await of.pass(20 * DAY)
    const events = await of.eventsOf(() => of.pass(10 * DAY))
    expect(events).toMatchObject([
      {
        type: 'invoice.upcoming',
        created: start + MONTH - days * DAY,
        data: {
          object: { amount_due: 1_000, billing_reason: 'upcoming', status: 'draft' },
        },
      },
    ])
  })

  it('does not come when that is off, the subscription ends, or its invoices are sent', async () => {
    await silent.subscribe({ card: 'pm_card_visa' })
    expect(await silent.typesOf(() => silent.pass(30 * DAY))).not.toContain(
      'invoice.upcoming',
    )
    const ending = await billing.subscribe({ card: 'pm_card_visa' })
    await stripe.subscriptions.update(ending.id, { cancel_at_period_end: true })
    await billing.subscribe({ collection_method: 'send_invoice', days_until_due: 7 })
    expect(await billing.typesOf(() => billing.pass(30 * DAY))).not.toContain(
      'invoice.upcoming',
    )
  })
})

describe('more than can be charged', () => {
  it('is refused before anything is made, and finalized by nobody', async () => {
    const customer = await billing.customer('pm_card_visa')
    const price = await billing.price({ unit_amount: 99_999_999 })
    for (const quantity of [2, 999_999_999_999]) {
      const items = [{ price, quantity }]
      await expect(
        stripe.subscriptions.create({ customer, items }),
      ).rejects.toMatchObject({ statusCode: 400, code: 'amount_too_large' })
    }
    expect((await stripe.subscriptions.list({ customer })).data).toEqual([])
    const invoice = await stripe.invoices.create({ customer, auto_advance: true })
    for (let count = 0; count < 2; count++) {
      await stripe.invoiceItems.create({
        customer,
        invoice: invoice.id,
        amount: 99_999_999,
        currency: 'usd',
      })
    }
    await expect(stripe.invoices.finalizeInvoice(invoice.id)).rejects.toMatchObject({
      code: 'amount_too_large',
    })
    await billing.pass(HOUR + 1)
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'draft',
      auto_advance: false,
      last_finalization_error: { code: 'amount_too_large' },
    })
    const { data } = await stripe.events.list({ type: 'invoice.finalization_failed' })
    expect(data).toHaveLength(1)
  })
})

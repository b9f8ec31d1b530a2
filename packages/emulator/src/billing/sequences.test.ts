// The events of whole scenarios, as sets, and the few orders that are certain.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const unpaying = await startBilling({ afterRetries: 'unpaid', retryDays: [1] })
const patient = await startBilling({ afterRetries: 'past_due', retryDays: [1] })
const { stripe } = billing

const MONTH = 31 * DAY
const DECLINED = 'pm_card_chargeCustomerFail'
const ASKS = 'pm_card_authenticationRequired'
const INVOICED = ['invoice.created', 'invoice.finalized', 'payment_intent.created']
const PAID = [
  'charge.succeeded',
  'payment_intent.succeeded',
  'invoice.updated',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice_payment.paid',
]
const FAILED = [
  'charge.failed',
  'payment_intent.payment_failed',
  'invoice.payment_failed',
  'invoice.updated',
]

/** What is about the card, the customer or the price alone is no part of a scenario of billing. */
function setOf(events: readonly Stripe.Event[]): string[] {
  const types = events.map(({ type }) => type as string)
  return [...new Set(types)]
    .filter(
      (type) =>
        !/^(customer\.updated|charge\.updated|payment_method|plan|price|product)/.test(
          type,
        ),
    )
    .sort()
}

/** Whether the first of each comes before the first of the next. */
function expectOrder(events: readonly Stripe.Event[], ...order: string[]): void {
  const types = events.map(({ type }) => type as string)
  const places = order.map((type) => types.indexOf(type))
  expect(places).not.toContain(-1)
  expect(places).toEqual([...places].sort((a, b) => a - b))
}

function only(events: readonly Stripe.Event[], wanted: string): Stripe.Event[] {
  return events.filter(({ type }) => type === wanted)
}

function previousOf(events: readonly Stripe.Event[], wanted: string): unknown[] {
  return only(events, wanted).map(({ data }) => data.previous_attributes)
}

/** What time does has no request; what the API does has one. */
function expectCause(events: readonly Stripe.Event[], cause: 'request' | 'time'): void {
  for (const { created, request, type } of events) {
    expect({ type, id: request?.id }).toEqual({
      type,
      id: cause === 'time' ? null : expect.stringMatching(/^req_/),
    })
    expect(created).toBeLessThanOrEqual(billing.now)
  }
}

describe('a subscription is created', () => {
  it('and paid with a saved card', async () => {
    const customer = await billing.customer('pm_card_visa')
    const items = [{ price: await billing.price() }]
    const events = await billing.eventsOf(() => billing.subscribe({ customer, items }))
    expect(setOf(events)).toEqual(
      [
        'customer.subscription.created',
        ...INVOICED,
        ...PAID,
        'customer.subscription.updated',
      ].sort(),
    )
    expectOrder(
      events,
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    expectOrder(events, 'customer.subscription.created', 'customer.subscription.updated')
    expectCause(events, 'request')
    expect(only(events, 'customer.subscription.created')[0]?.data.object).toMatchObject({
      status: 'incomplete',
    })
    expect(previousOf(events, 'customer.subscription.updated')).toEqual([
      { status: 'incomplete' },
    ])
    expect(only(events, 'invoice.finalized')[0]?.data.object).toMatchObject({
      status: 'open',
      number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
    })
  })

  it('and has to be authenticated', async () => {
    const customer = await billing.customer(ASKS)
    const items = [{ price: await billing.price() }]
    const events = await billing.eventsOf(() => billing.subscribe({ customer, items }))
    expect(setOf(events)).toEqual(
      [
        'customer.subscription.created',
        ...INVOICED,
        'payment_intent.requires_action',
        'invoice.payment_action_required',
        'invoice.payment_failed',
        'invoice.updated',
      ].sort(),
    )
    const { data } = await stripe.paymentIntents.list({ customer })
    const intent = data[0]?.id ?? ''
    const passed = await billing.eventsOf(() => billing.authenticate(intent))
    expect(setOf(passed)).toEqual([...PAID, 'customer.subscription.updated'].sort())
  })

  it('and is declined', async () => {
    const customer = await billing.customer(DECLINED)
    const items = [{ price: await billing.price() }]
    const events = await billing.eventsOf(() => billing.subscribe({ customer, items }))
    expect(setOf(events)).toEqual(
      ['customer.subscription.created', ...INVOICED, ...FAILED].sort(),
    )
    expectOrder(events, 'charge.failed', 'payment_intent.payment_failed')
    expectOrder(events, 'invoice.finalized', 'invoice.payment_failed')
  })

  it('and not paid within 23 hours', async () => {
    await billing.subscribe({ card: DECLINED })
    const events = await billing.eventsOf(() => billing.pass(23 * HOUR))
    expect(setOf(events)).toEqual(
      [
        'invoice.voided',
        'invoice.updated',
        'payment_intent.canceled',
        'customer.subscription.updated',
      ].sort(),
    )
    expectCause(events, 'time')
    expect(previousOf(events, 'customer.subscription.updated')).toEqual([
      { status: 'incomplete', canceled_at: null, ended_at: null },
    ])
  })

  it('with a trial', async () => {
    const customer = await billing.customer()
    const items = [{ price: await billing.price() }]
    const events = await billing.eventsOf(() =>
      billing.subscribe({ customer, items, trial_period_days: 14 }),
    )
    expect(setOf(events)).toEqual(
      [
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'invoice.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
        'setup_intent.created',
      ].sort(),
    )
    expect(only(events, 'customer.subscription.created')[0]?.data.object).toMatchObject({
      status: 'trialing',
      pending_setup_intent: expect.stringMatching(/^seti_/),
    })
  })
})

describe('a trial', () => {
  it('is about to end three days before, or at once when it is shorter', async () => {
    await billing.subscribe({ card: 'pm_card_visa', trial_period_days: 14 })
    expect(await billing.typesOf(() => billing.pass(11 * DAY - 1))).toEqual([])
    expect(await billing.typesOf(() => billing.pass(1))).toEqual([
      'customer.subscription.trial_will_end',
    ])
    const types = await billing.typesOf(() => billing.subscribe({ trial_period_days: 2 }))
    expect(types).toContain('customer.subscription.trial_will_end')
  })

  it('ends with a good card', async () => {
    await billing.subscribe({ card: 'pm_card_visa', trial_period_days: 14 })
    await billing.pass(13 * DAY)
    const ended = await billing.eventsOf(() => billing.pass(DAY))
    expect(setOf(ended)).toEqual(['customer.subscription.updated', 'invoice.created'])
    expect(previousOf(ended, 'customer.subscription.updated')[0]).toMatchObject({
      status: 'trialing',
    })
    const charged = await billing.eventsOf(() => billing.pass(HOUR))
    expect(setOf(charged)).toEqual(
      ['invoice.finalized', 'payment_intent.created', ...PAID].sort(),
    )
    expectCause([...ended, ...charged], 'time')
  })

  it.each([
    ['pause', 'customer.subscription.paused'],
    ['cancel', 'customer.subscription.deleted'],
  ] as const)('ends without a card: %s', async (behavior, type) => {
    await billing.subscribe({
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: behavior } },
    })
    await billing.pass(13 * DAY)
    const events = await billing.eventsOf(() => billing.pass(DAY))
    expect(setOf(events)).toEqual([type])
    expectCause(events, 'time')
  })
})

describe('a renewal', () => {
  it('succeeds', async () => {
    await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(HOUR)
    const start = billing.now - HOUR
    const upcoming = await billing.eventsOf(() => billing.pass(25 * DAY))
    expect(setOf(upcoming)).toEqual(['invoice.upcoming'])
    expect(upcoming.at(-1)?.created).toBe(start + 24 * DAY)
    expect(upcoming.at(-1)?.data.object).not.toHaveProperty('id')
    const begun = await billing.eventsOf(() => billing.passTo(start + MONTH))
    expect(setOf(begun)).toEqual(['customer.subscription.updated', 'invoice.created'])
    expect(previousOf(begun, 'customer.subscription.updated')).toEqual([
      { items: expect.anything(), latest_invoice: expect.stringMatching(/^in_/) },
    ])
    expect(begun.map(({ created }) => created)).toEqual([start + MONTH, start + MONTH])
    const paid = await billing.eventsOf(() => billing.pass(HOUR))
    expect(setOf(paid)).toEqual(
      ['invoice.finalized', 'payment_intent.created', ...PAID].sort(),
    )
    expectOrder(paid, 'invoice.finalized', 'payment_intent.created', 'invoice.paid')
    expectCause([...begun, ...paid], 'time')
  })

  it('fails, and its retries fail and succeed', async () => {
    const subscription = await billing.subscribeAndLose()
    await billing.pass(30 * DAY)
    const failed = await billing.eventsOf(() => billing.pass(DAY + HOUR))
    expect(setOf(failed)).toEqual(
      [...INVOICED, ...FAILED, 'customer.subscription.updated'].sort(),
    )
    expectOrder(failed, 'invoice.created', 'invoice.finalized', 'invoice.payment_failed')
    expect(previousOf(failed, 'customer.subscription.updated').at(-1)).toEqual({
      status: 'active',
    })
    const again = await billing.eventsOf(() => billing.pass(DAY))
    expect(setOf(again)).toEqual([...FAILED].sort())
    expect(previousOf(again, 'invoice.updated')).toEqual([
      { attempt_count: 1, next_payment_attempt: billing.now },
    ])
    await billing.giveCard(String(subscription.customer))
    const succeeded = await billing.eventsOf(() => billing.pass(DAY))
    expect(setOf(succeeded)).toEqual([...PAID, 'customer.subscription.updated'].sort())
    expect(previousOf(succeeded, 'customer.subscription.updated')).toEqual([
      { status: 'past_due' },
    ])
  })

  it.each([
    ['cancel', billing, 'customer.subscription.deleted'],
    ['unpaid', unpaying, 'customer.subscription.updated'],
    ['past_due', patient, undefined],
  ] as const)('has no retry left: %s', async (_, of, type) => {
    const subscription = await of.subscribeAndLose()
    await of.pass(MONTH + HOUR)
    for (;;) {
      const { next_payment_attempt } = await of.latestInvoice(subscription)
      if (next_payment_attempt === null) throw new Error('it ended too early')
      const events = await of.eventsOf(() => of.passTo(next_payment_attempt))
      const { next_payment_attempt: next } = await of.latestInvoice(subscription)
      if (next !== null) continue
      const about = setOf(events).filter((one) => one.startsWith('customer.'))
      expect(about).toEqual(type === undefined ? [] : [type])
      break
    }
  })
})

describe('pause and resume', () => {
  it('have their own events, and a resumption its invoice', async () => {
    const { id } = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(10 * DAY)
    const paused = await billing.eventsOf(() =>
      stripe.subscriptions.pause(id, { type: 'subscription' }),
    )
    expect(setOf(paused)).toEqual(['customer.subscription.paused', 'invoiceitem.created'])
    const resumed = await billing.eventsOf(() => stripe.subscriptions.resume(id))
    expect(setOf(resumed)).toEqual(
      [
        ...INVOICED,
        ...PAID,
        'customer.subscription.resumed',
        'customer.subscription.updated',
      ].sort(),
    )
    expectCause([...paused, ...resumed], 'request')
  })
})

describe('cancel_at_period_end', () => {
  it('is set by a request, and reached by time', async () => {
    const { id } = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(26 * DAY)
    const set = await billing.eventsOf(() =>
      stripe.subscriptions.update(id, { cancel_at_period_end: true }),
    )
    expect(setOf(set)).toEqual(['customer.subscription.updated'])
    expect(previousOf(set, 'customer.subscription.updated')).toEqual([
      {
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
        cancellation_details: { reason: null },
      },
    ])
    const reached = await billing.eventsOf(() => billing.pass(5 * DAY))
    expect(setOf(reached)).toEqual(['customer.subscription.deleted'])
    expectCause(reached, 'time')
  })
})

describe('an upgrade', () => {
  async function upgrade(
    proration_behavior: 'always_invoice' | 'create_prorations' | 'none',
  ): Promise<Stripe.Event[]> {
    const { id, items } = await billing.subscribe({ card: 'pm_card_visa' })
    await billing.pass(10 * DAY)
    return billing.eventsOf(() =>
      stripe.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', quantity: 2 }],
        proration_behavior,
      }),
    )
  }

  it('waits for the next invoice, or is invoiced, or costs nothing', async () => {
    expect(setOf(await upgrade('create_prorations'))).toEqual([
      'customer.subscription.updated',
      'invoiceitem.created',
    ])
    const invoiced = await upgrade('always_invoice')
    expect(setOf(invoiced)).toEqual(
      [
        'customer.subscription.updated',
        'invoiceitem.created',
        ...INVOICED,
        ...PAID,
      ].sort(),
    )
    expectOrder(invoiced, ...INVOICED, 'invoice.paid')
    expect(setOf(await upgrade('none'))).toEqual(['customer.subscription.updated'])
  })
})

describe('a pending update', () => {
  const PENDING = {
    payment_behavior: 'pending_if_incomplete',
    proration_behavior: 'always_invoice',
  } as const

  async function holdUpdate(quantity = 3) {
    const subscription = await billing.subscribeAndLose()
    await billing.pass(10 * DAY)
    const items = [{ id: subscription.items.data[0]?.id ?? '', quantity }]
    const events = await billing.eventsOf(() =>
      stripe.subscriptions.update(subscription.id, { items, ...PENDING }),
    )
    return { subscription, items, events }
  }

  it('is held while it is not paid', async () => {
    const { subscription, events } = await holdUpdate()
    expect(setOf(events)).toEqual(
      [...INVOICED, ...FAILED, 'customer.subscription.updated'].sort(),
    )
    expect(await billing.subscription(subscription)).toMatchObject({
      status: 'active',
      items: { data: [{ quantity: 1 }] },
      pending_update: {
        expires_at: billing.now + 23 * HOUR,
        subscription_items: [{ quantity: 3 }],
      },
    })
  })

  it('is held as long after a trial that is over', async () => {
    const subscription = await billing.subscribeAndLose({ trial_period_days: 5 })
    await billing.pass(6 * DAY)
    const items = [{ id: subscription.items.data[0]?.id ?? '', quantity: 3 }]
    await stripe.subscriptions.update(subscription.id, { items, ...PENDING })
    expect(await billing.subscription(subscription)).toMatchObject({
      trial_end: billing.now - DAY,
      pending_update: { expires_at: billing.now + 23 * HOUR },
    })
  })

  it('is applied when it is paid', async () => {
    const { subscription } = await holdUpdate()
    const { id } = await billing.latestInvoice(subscription)
    await billing.giveCard(String(subscription.customer))
    const events = await billing.eventsOf(() => stripe.invoices.pay(id))
    expect(setOf(events)).toEqual(
      [
        ...PAID,
        'customer.subscription.updated',
        'customer.subscription.pending_update_applied',
      ].sort(),
    )
    expect(await billing.subscription(subscription)).toMatchObject({
      items: { data: [{ quantity: 3 }] },
      pending_update: null,
    })
  })

  it('expires, and leaves nothing behind', async () => {
    const { subscription } = await holdUpdate()
    const { id } = await billing.latestInvoice(subscription)
    await billing.pass(23 * HOUR - 1)
    const events = await billing.eventsOf(() => billing.pass(1))
    expect(setOf(events)).toEqual(
      [
        'customer.subscription.pending_update_expired',
        'customer.subscription.updated',
        'invoice.updated',
        'invoice.voided',
        'payment_intent.canceled',
      ].sort(),
    )
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'void' })
    expect(await billing.subscription(subscription)).toMatchObject({
      status: 'active',
      items: { data: [{ quantity: 1 }] },
      pending_update: null,
    })
    const { data } = await stripe.invoiceItems.list({ pending: true })
    expect(data).toEqual([])
  })

  it('keeps its expiry when its payment fails again, and has a new one when it is replaced', async () => {
    const { subscription, items } = await holdUpdate()
    const first = await billing.latestInvoice(subscription)
    const { pending_update } = await billing.subscription(subscription)
    await billing.pass(2 * HOUR)
    await stripe.invoices.pay(first.id).catch(() => {})
    expect(await billing.subscription(subscription)).toMatchObject({ pending_update })
    const [item] = items
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', quantity: 5 }],
      ...PENDING,
    })
    expect(await stripe.invoices.retrieve(first.id)).toMatchObject({ status: 'void' })
    expect(await billing.subscription(subscription)).toMatchObject({
      pending_update: {
        expires_at: billing.now + 23 * HOUR,
        subscription_items: [{ quantity: 5 }],
      },
    })
    await billing.pass(21 * HOUR)
    expect((await billing.subscription(subscription)).pending_update).not.toBeNull()
    await billing.pass(2 * HOUR)
    expect((await billing.subscription(subscription)).pending_update).toBeNull()
  })

  it('is discarded by another change, and not by what changes nothing of it', async () => {
    const { subscription, items } = await holdUpdate()
    const { id } = await billing.latestInvoice(subscription)
    await stripe.subscriptions.update(subscription.id, { metadata: { a: '1' } })
    expect((await billing.subscription(subscription)).pending_update).not.toBeNull()
    const [item] = items
    const changed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', quantity: 2 }],
    })
    expect(changed).toMatchObject({
      items: { data: [{ quantity: 2 }] },
      pending_update: null,
    })
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'void' })
  })

  it('never outlives the period', async () => {
    const subscription = await billing.subscribeAndLose()
    await billing.pass(MONTH - 2 * HOUR)
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', quantity: 300 }],
      ...PENDING,
    })
    expect(updated.pending_update?.expires_at).toBe(billing.now + 2 * HOUR)
  })
})

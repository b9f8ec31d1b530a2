// One test for every transition of a subscription: from a status, by a trigger, to a status.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { DAY, errorOf, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const unpaying = await startBilling({ afterRetries: 'unpaid', retryDays: [1] })
const patient = await startBilling({ afterRetries: 'past_due', retryDays: [1] })
const { stripe } = billing

const DECLINED = 'pm_card_chargeCustomerFail'
const ASKS = 'pm_card_authenticationRequired'
const MONTH = 31 * DAY

describe('a new subscription', () => {
  it('is active when its first invoice is paid', async () => {
    const subscription = await billing.subscribe({
      card: 'pm_card_visa',
      expand: ['latest_invoice'],
    })
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: {
        status: 'paid',
        attempt_count: 1,
        attempted: true,
        auto_advance: false,
        next_payment_attempt: null,
        billing_reason: 'subscription_create',
      },
    })
  })

  it('is active when nothing is to be paid', async () => {
    const items = [{ price: await billing.price({ unit_amount: 0 }) }]
    const subscription = await billing.subscribe({ items, expand: ['latest_invoice'] })
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', amount_due: 0, attempted: true },
    })
  })

  it.each([
    ['declined', DECLINED, undefined],
    ['to be authenticated', ASKS, undefined],
    ['not confirmed yet', 'pm_card_visa', 'default_incomplete'],
    ['not to be had', undefined, 'default_incomplete'],
  ] as const)('is incomplete when its payment is %s', async (_, card, behavior) => {
    const subscription = await billing.subscribe({
      card,
      ...(behavior && { payment_behavior: behavior }),
      expand: ['latest_invoice'],
    })
    expect(subscription).toMatchObject({
      status: 'incomplete',
      latest_invoice: { status: 'open', amount_remaining: 1_000 },
    })
  })

  it('that asks for authentication has not been attempted in the sense of retries', async () => {
    const { latest_invoice } = await billing.subscribe({
      card: ASKS,
      expand: ['latest_invoice.payments'],
    })
    expect(latest_invoice).toMatchObject({
      attempt_count: 0,
      attempted: true,
      auto_advance: true,
      payments: { data: [{ status: 'open', amount_paid: null }] },
    })
  })

  it('is trialing with a trial, and its first invoice is of nothing', async () => {
    const subscription = await billing.subscribe({
      trial_period_days: 14,
      expand: ['latest_invoice'],
    })
    expect(subscription).toMatchObject({
      status: 'trialing',
      trial_start: billing.now,
      trial_end: billing.now + 14 * DAY,
      billing_cycle_anchor: billing.now + 14 * DAY,
      latest_invoice: { status: 'paid', total: 0 },
    })
    const error = await errorOf(billing.subscribe({ trial_period_days: 731 }))
    expect(error).toMatchObject({ statusCode: 400, param: 'trial_period_days' })
  })

  it.each([
    ['declined', DECLINED, 'card_declined'],
    ['to be authenticated', ASKS, 'subscription_payment_intent_requires_action'],
  ])(
    'is not there with error_if_incomplete and a payment that is %s',
    async (_, card, code) => {
      const customer = await billing.customer(card)
      const events = await billing.eventsOf(async () => {
        const error = await errorOf(
          billing.subscribe({ customer, payment_behavior: 'error_if_incomplete' }),
        )
        expect(error).toMatchObject({ statusCode: 402, code })
      })
      expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual(
        [],
      )
      expect((await stripe.invoices.list({ customer })).data).toEqual([])
      expect(events.filter(({ type }) => /subscription|invoice/.test(type))).toEqual([])
    },
  )

  it('is active with error_if_incomplete and a good card', async () => {
    const subscription = await billing.subscribe({
      card: 'pm_card_visa',
      payment_behavior: 'error_if_incomplete',
      expand: ['latest_invoice'],
    })
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', attempt_count: 1 },
    })
  })

  it('needs a card when it is to be paid at once', async () => {
    expect(await errorOf(billing.subscribe())).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    })
  })

  it('that is sent an invoice is active until that is overdue', async () => {
    const subscription = await billing.subscribe({
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    expect(subscription.status).toBe('active')
  })
})

describe('incomplete', () => {
  it('becomes active when the browser confirms the payment in time', async () => {
    const subscription = await billing.subscribe({
      payment_behavior: 'default_incomplete',
      customer: await billing.customer(),
    })
    const invoice = await billing.latestInvoice(subscription)
    await billing.pass(22 * HOUR)
    const intent = await billing.intentOf(invoice)
    const events = await billing.eventsOf(() =>
      stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' }),
    )
    expect(await billing.status(subscription)).toBe('active')
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      attempt_count: 1,
    })
    const updated = events.find(({ type }) => type === 'customer.subscription.updated')
    expect(updated?.data.previous_attributes).toEqual({ status: 'incomplete' })
    await billing.pass(2 * HOUR)
    expect(await billing.status(subscription)).toBe('active')
  })

  it('becomes active when the buyer authenticates, and stays when that fails', async () => {
    const subscription = await billing.subscribe({ card: ASKS })
    const intent = await billing.intentOf(await billing.latestInvoice(subscription))
    await billing.authenticate(intent, 'fail')
    expect(await billing.status(subscription)).toBe('incomplete')
    await stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' })
    expect(await billing.status(subscription)).toBe('active')
    const other = await billing.subscribe({ card: ASKS })
    await billing.authenticate(await billing.intentOf(await billing.latestInvoice(other)))
    expect(await billing.status(other)).toBe('active')
  })

  it.each([
    ['open', undefined],
    ['marked uncollectible', 'uncollectible'],
  ])('expires after 23 hours when its invoice is %s', async (_, mark) => {
    const subscription = await billing.subscribe({ card: DECLINED })
    const invoice = await billing.latestInvoice(subscription)
    if (mark) await stripe.invoices.markUncollectible(invoice.id)
    await billing.pass(23 * HOUR - 1)
    expect(await billing.status(subscription)).toBe('incomplete')
    await billing.pass(1)
    expect(await billing.subscription(subscription)).toMatchObject({
      status: 'incomplete_expired',
      ended_at: billing.now,
    })
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'void' })
    const intent = await stripe.paymentIntents.retrieve(await billing.intentOf(invoice))
    expect(intent).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'void_invoice',
    })
    await billing.pass(3 * MONTH)
    const { data } = await stripe.invoices.list({ subscription: subscription.id })
    expect(data).toHaveLength(1)
  })

  it('expires at once when its invoice is voided', async () => {
    const subscription = await billing.subscribe({ card: DECLINED })
    await stripe.invoices.voidInvoice(String(subscription.latest_invoice))
    expect(await billing.status(subscription)).toBe('incomplete_expired')
  })

  it('lets its metadata be changed, and hardly anything else', async () => {
    const { id } = await billing.subscribe({ card: DECLINED })
    const changed = await stripe.subscriptions.update(id, { metadata: { a: '1' } })
    expect(changed.metadata).toEqual({ a: '1' })
    const error = await errorOf(
      stripe.subscriptions.update(id, { cancel_at_period_end: true }),
    )
    expect(error).toMatchObject({ statusCode: 400, param: 'cancel_at_period_end' })
  })
})

describe('trialing', () => {
  it('becomes active at the end of the trial, an hour before the first charge', async () => {
    const subscription = await billing.subscribe({
      card: 'pm_card_visa',
      trial_period_days: 14,
    })
    await billing.pass(14 * DAY)
    expect(await billing.status(subscription)).toBe('active')
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_cycle',
      amount_due: 1_000,
      automatically_finalizes_at: billing.now + HOUR,
    })
    await billing.pass(HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
    expect(await billing.status(subscription)).toBe('active')
  })

  it.each([
    ['declines', DECLINED],
    ['is missing, by default', undefined],
  ])('becomes past due when the card %s', async (_, card) => {
    const subscription = await billing.subscribe({ card, trial_period_days: 14 })
    await billing.pass(14 * DAY + HOUR)
    expect(await billing.status(subscription)).toBe('past_due')
  })

  it.each([
    ['pause', 'paused', 'customer.subscription.paused'],
    ['cancel', 'canceled', 'customer.subscription.deleted'],
  ] as const)('without a card and with %s is %s', async (behavior, status, type) => {
    const subscription = await billing.subscribe({
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: behavior } },
    })
    const events = await billing.eventsOf(() => billing.pass(14 * DAY))
    expect(events.map((event) => event.type)).toContain(type)
    expect(await billing.status(subscription)).toBe(status)
    await billing.pass(MONTH)
    expect((await billing.latestInvoice(subscription)).total).toBe(0)
  })

  it.each(['pause', 'cancel'] as const)(
    'with a card goes on, for all of %s',
    async (behavior) => {
      const subscription = await billing.subscribe({
        card: 'pm_card_visa',
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: behavior } },
      })
      await billing.pass(14 * DAY + HOUR)
      expect(await billing.status(subscription)).toBe('active')
    },
  )

  it('ends at once when it is told to, and is charged', async () => {
    const { id } = await billing.subscribe({
      card: 'pm_card_visa',
      trial_period_days: 14,
    })
    await billing.pass(DAY)
    const subscription = await stripe.subscriptions.update(id, {
      trial_end: 'now',
      expand: ['latest_invoice'],
    })
    expect(subscription).toMatchObject({
      status: 'active',
      billing_cycle_anchor: billing.now,
      trial_end: billing.now,
      latest_invoice: { status: 'paid', amount_paid: 1_000 },
    })
  })
})

describe('active', () => {
  it.each([
    ['is declined', DECLINED],
    ['has to be authenticated', ASKS],
  ])('becomes past due when a renewal %s', async (_, card) => {
    const subscription = await billing.subscribeAndLose({}, card)
    await billing.pass(MONTH + HOUR)
    expect(await billing.status(subscription)).toBe('past_due')
    await billing.giveCard(String(subscription.customer))
    await stripe.invoices.pay((await billing.latestInvoice(subscription)).id)
    expect(await billing.status(subscription)).toBe('active')
  })

  it('becomes past due when an invoice that was sent is overdue, and active when it is paid', async () => {
    const subscription = await billing.subscribe({
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    await billing.pass(HOUR)
    const invoice = await billing.latestInvoice(subscription)
    expect(invoice).toMatchObject({
      status: 'open',
      due_date: billing.now - HOUR + 7 * DAY,
    })
    await billing.pass(7 * DAY - 2 * HOUR)
    expect(await billing.status(subscription)).toBe('active')
    const types = await billing.typesOf(() => billing.pass(HOUR))
    expect(types).toEqual([
      'invoice.overdue',
      'customer.updated',
      'customer.subscription.updated',
    ])
    expect(await billing.status(subscription)).toBe('past_due')
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
    expect(await billing.status(subscription)).toBe('active')
  })

  it('becomes past due when the invoice of an update fails', async () => {
    const subscription = await billing.subscribeAndLose()
    await billing.pass(DAY)
    const [item] = subscription.items.data
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', quantity: 5 }],
      proration_behavior: 'always_invoice',
    })
    expect(updated.status).toBe('past_due')
    expect(updated.items.data[0]?.quantity).toBe(5)
  })

  it('stays so when a manual invoice of it fails', async () => {
    const subscription = await billing.subscribeAndLose()
    const customer = String(subscription.customer)
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
    const { id } = await stripe.invoices.create({
      customer,
      subscription: subscription.id,
      pending_invoice_items_behavior: 'include',
    })
    expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({ statusCode: 402 })
    expect(await billing.status(subscription)).toBe('active')
  })
})

describe('past due', () => {
  async function pastDue(): Promise<Stripe.Subscription> {
    const subscription = await billing.subscribeAndLose()
    await billing.pass(MONTH + HOUR)
    return billing.subscription(subscription)
  }

  it('becomes active when its latest invoice is marked uncollectible', async () => {
    const subscription = await pastDue()
    await stripe.invoices.markUncollectible(String(subscription.latest_invoice))
    expect(await billing.status(subscription)).toBe('active')
  })

  it('goes by the invoice before when its latest is voided', async () => {
    const subscription = await pastDue()
    await stripe.invoices.voidInvoice(String(subscription.latest_invoice))
    expect(await billing.status(subscription)).toBe('active')
  })

  it('is canceled when no retry is left, and its invoice stays open', async () => {
    const subscription = await pastDue()
    await billing.pass(15 * DAY)
    expect(await billing.subscription(subscription)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
      ended_at: expect.any(Number),
    })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'open',
      auto_advance: false,
      next_payment_attempt: null,
    })
  })

  it('stays so when no retry is left, if that is the setting', async () => {
    const subscription = await patient.subscribeAndLose()
    await patient.pass(MONTH + HOUR + 2 * DAY)
    expect(await patient.latestInvoice(subscription)).toMatchObject({
      status: 'open',
      attempt_count: 2,
      next_payment_attempt: null,
    })
    expect(await patient.status(subscription)).toBe('past_due')
    await patient.giveCard(String(subscription.customer))
    await patient.pass(MONTH)
    expect(await patient.status(subscription)).toBe('active')
    const { data } = await patient.stripe.invoices.list({ subscription: subscription.id })
    expect(data.map(({ status }) => status)).toEqual(['paid', 'open', 'paid'])
  })

  it('is not saved by an older invoice, nor thrown back by one', async () => {
    const subscription = await patient.subscribeAndLose()
    await patient.pass(MONTH + HOUR + 2 * DAY)
    const older = await patient.latestInvoice(subscription)
    await patient.pass(MONTH)
    expect((await patient.latestInvoice(subscription)).id).not.toBe(older.id)
    await patient.stripe.invoices.pay(older.id, { payment_method: 'pm_card_visa' })
    expect(await patient.status(subscription)).toBe('past_due')
    const latest = await patient.latestInvoice(subscription)
    await patient.stripe.invoices.pay(latest.id, { payment_method: 'pm_card_visa' })
    expect(await patient.status(subscription)).toBe('active')
  })
})

describe('unpaid', () => {
  it('is what a subscription becomes when no retry is left, if that is the setting', async () => {
    const subscription = await unpaying.subscribeAndLose()
    await unpaying.pass(MONTH + HOUR + DAY)
    expect(await unpaying.status(subscription)).toBe('unpaid')
    const failed = await unpaying.latestInvoice(subscription)
    expect(failed).toMatchObject({ status: 'open', next_payment_attempt: null })

    // New invoices stay drafts, whatever the card is now.
    await unpaying.giveCard(String(subscription.customer))
    await unpaying.pass(MONTH)
    const draft = await unpaying.latestInvoice(subscription)
    expect(draft).toMatchObject({
      status: 'draft',
      auto_advance: false,
      automatically_finalizes_at: null,
    })
    expect(await unpaying.status(subscription)).toBe('unpaid')

    // Of them, the most recent decides.
    await unpaying.stripe.invoices.pay(failed.id)
    expect(await unpaying.status(subscription)).toBe('unpaid')
    await unpaying.stripe.invoices.pay(draft.id)
    expect(await unpaying.status(subscription)).toBe('active')
    await unpaying.pass(MONTH)
    expect(await unpaying.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })
})

describe('paused', () => {
  async function paused(card = 'pm_card_visa'): Promise<Stripe.Subscription> {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    if (card !== 'pm_card_visa')
      await billing.giveCard(String(subscription.customer), card)
    await billing.pass(10 * DAY)
    return stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
  }

  it('has no periods and no invoices', async () => {
    const subscription = await paused()
    expect(subscription).toMatchObject({
      status: 'paused',
      status_details: { paused: { type: 'subscription' } },
    })
    expect(await billing.typesOf(() => billing.pass(3 * MONTH))).not.toContain(
      'invoice.created',
    )
    expect(await billing.status(subscription)).toBe('paused')
  })

  it.each(['canceled', 'paused', 'incomplete'])('cannot follow on %s', async (status) => {
    const { id } =
      status === 'incomplete'
        ? await billing.subscribe({ card: DECLINED })
        : status === 'canceled'
          ? await stripe.subscriptions.cancel(
              (await billing.subscribe({ card: 'pm_card_visa' })).id,
            )
          : await paused()
    const error = await errorOf(stripe.subscriptions.pause(id, { type: 'subscription' }))
    expect(error.statusCode).toBe(400)
  })

  it('becomes active when its resumption invoice is paid', async () => {
    const { id } = await paused()
    await billing.pass(5 * DAY)
    const events = await billing.eventsOf(() => stripe.subscriptions.resume(id))
    const types = events.map(({ type }) => type)
    expect(types).toEqual(
      expect.arrayContaining([
        'invoice.created',
        'invoice.finalized',
        'invoice.paid',
        'customer.subscription.resumed',
      ]),
    )
    const subscription = await billing.subscription({ id })
    expect(subscription.status).toBe('active')
    expect(subscription.billing_cycle_anchor).toBe(billing.now)
    expect(subscription.items.data[0]).toMatchObject({
      current_period_start: billing.now,
    })
    await billing.pass(MONTH + HOUR)
    expect(await billing.latestInvoice({ id })).toMatchObject({
      billing_reason: 'subscription_cycle',
      status: 'paid',
    })
  })

  it('becomes active at once when there is nothing to pay', async () => {
    const { id } = await paused()
    const types = await billing.typesOf(() =>
      stripe.subscriptions.resume(id, {
        billing_cycle_anchor: { type: 'unchanged' },
        proration_behavior: 'none',
      } as Stripe.SubscriptionResumeParams),
    )
    expect(types).toEqual(['customer.subscription.resumed'])
    expect(await billing.status({ id })).toBe('active')
  })

  it.each([
    [
      'paid',
      'active',
      (id: string) => stripe.invoices.pay(id, { payment_method: 'pm_card_visa' }),
    ],
    ['uncollectible', 'active', (id: string) => stripe.invoices.markUncollectible(id)],
    ['void', 'paused', (id: string) => stripe.invoices.voidInvoice(id)],
  ] as const)(
    'waits for its resumption invoice: when that is %s, it is %s',
    async (end, status, run) => {
      const { id } = await paused(DECLINED)
      const resumed = await stripe.subscriptions.resume(id, {
        payment_behavior: 'resume_on_payment_success',
      })
      expect(resumed.status).toBe('paused')
      const invoice = String(resumed.latest_invoice)
      expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'open' })
      await run(invoice)
      expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: end })
      expect(await billing.status({ id })).toBe(status)
    },
  )

  it('stays so when its resumption invoice has not been attempted within 23 hours', async () => {
    const subscription = await billing.subscribe({
      trial_period_days: 1,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    await billing.pass(2 * DAY)
    await stripe.subscriptions.resume(subscription.id)
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'open',
      attempted: false,
    })
    await billing.pass(23 * HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'void' })
    expect(await billing.status(subscription)).toBe('paused')
    await billing.giveCard(String(subscription.customer))
    await stripe.subscriptions.resume(subscription.id)
    expect(await billing.status(subscription)).toBe('active')
  })

  it('is past due when the attempt alone resumes it, and that fails', async () => {
    const { id } = await paused(DECLINED)
    await stripe.subscriptions.resume(id)
    expect(await billing.status({ id })).toBe('past_due')
  })

  it('cannot be resumed when its invoices are sent', async () => {
    const subscription = await billing.subscribe({
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
    const error = await errorOf(stripe.subscriptions.resume(subscription.id))
    expect(error.statusCode).toBe(400)
  })

  it('is canceled when its time has come', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
    await billing.pass(MONTH)
    expect(await billing.status(subscription)).toBe('canceled')
  })
})

describe('pause_collection', () => {
  it.each([
    ['keep_as_draft', 'draft'],
    ['mark_uncollectible', 'uncollectible'],
    ['void', 'void'],
  ] as const)('%s makes invoices %s, and leaves the status', async (behavior, status) => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    const resumes_at = billing.now + MONTH + 5 * DAY
    const types = await billing.typesOf(() =>
      stripe.subscriptions.update(subscription.id, {
        pause_collection: { behavior, resumes_at },
      }),
    )
    expect(types).toEqual(['customer.subscription.updated'])
    await billing.pass(MONTH + 2 * HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status,
      auto_advance: false,
    })
    expect(await billing.status(subscription)).toBe('active')

    // An update that is invoiced at once is not collected either.
    const [item] = subscription.items.data
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item?.id ?? '', quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status,
      billing_reason: 'subscription_update',
    })

    await billing.passTo(resumes_at)
    expect((await billing.subscription(subscription)).pause_collection).toBeNull()
    await billing.pass(MONTH)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })
})

describe('canceled', () => {
  it('is what any status but the ended ones becomes when it is told to', async () => {
    const all = [
      await billing.subscribe({ card: 'pm_card_visa' }),
      await billing.subscribe({ card: DECLINED }),
      await billing.subscribe({ trial_period_days: 14 }),
    ]
    for (const { id } of all) {
      expect(await stripe.subscriptions.cancel(id)).toMatchObject({
        status: 'canceled',
        canceled_at: billing.now,
        ended_at: billing.now,
        cancellation_details: { reason: 'cancellation_requested' },
      })
    }
  })

  it('comes at the end of the period, and can be called off until then', async () => {
    const [stays, goes] = [
      await billing.subscribe({ card: 'pm_card_visa' }),
      await billing.subscribe({ card: 'pm_card_visa' }),
    ]
    for (const { id } of [stays, goes]) {
      const update = await stripe.subscriptions.update(id, { cancel_at_period_end: true })
      expect(update).toMatchObject({
        status: 'active',
        cancel_at_period_end: true,
        cancel_at: update.items.data[0]?.current_period_end,
        canceled_at: billing.now,
      })
    }
    await stripe.subscriptions.update(stays.id, { cancel_at_period_end: false })
    await billing.pass(MONTH - 1)
    expect(await billing.status(goes)).toBe('active')
    const types = await billing.typesOf(() => billing.pass(1))
    expect(types.filter((type) => type === 'customer.subscription.deleted')).toHaveLength(
      1,
    )
    expect(await billing.status(goes)).toBe('canceled')
    expect(await billing.status(stays)).toBe('active')
  })

  it.each([
    ['in this period', 10 * DAY],
    ['in a later one', 40 * DAY],
  ])('comes at a time %s', async (_, after) => {
    const subscription = await billing.subscribe({ card: 'pm_card_visa' })
    await stripe.subscriptions.update(subscription.id, { cancel_at: billing.now + after })
    await billing.pass(after - 1)
    expect(await billing.status(subscription)).toBe('active')
    await billing.pass(1)
    expect(await billing.status(subscription)).toBe('canceled')
  })

  it('is the end: only its metadata and its cancellation details can be changed', async () => {
    const { id } = await billing.subscribe({ card: 'pm_card_visa' })
    await stripe.subscriptions.cancel(id)
    const changed = await stripe.subscriptions.update(id, {
      metadata: { a: '1' },
      cancellation_details: { feedback: 'too_expensive' },
    })
    expect(changed).toMatchObject({
      metadata: { a: '1' },
      cancellation_details: { feedback: 'too_expensive' },
    })
    expect(
      await errorOf(stripe.subscriptions.update(id, { description: 'x' })),
    ).toMatchObject({ statusCode: 400 })
    expect(await errorOf(stripe.subscriptions.cancel(id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
    expect(await errorOf(stripe.subscriptions.resume(id))).toMatchObject({
      statusCode: 400,
    })
    expect(await billing.typesOf(() => billing.pass(3 * MONTH))).toEqual([])
  })

  it('does not follow on the payment of an invoice that was left open', async () => {
    const subscription = await billing.subscribe({ card: DECLINED })
    await stripe.subscriptions.cancel(subscription.id)
    await stripe.invoices.pay(String(subscription.latest_invoice), {
      payment_method: 'pm_card_visa',
    })
    expect(await billing.status(subscription)).toBe('canceled')
  })
})

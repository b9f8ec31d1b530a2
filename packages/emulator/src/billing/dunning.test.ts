// What happens to an invoice that cannot be paid: its retries, their count, and their end.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { type Billing, DAY, errorOf, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const scheduled = await startBilling({ retryDays: [3, 5, 7], afterRetries: 'past_due' })
const automated = await startBilling({ retryDays: [3], automations: true })
const { stripe } = billing

const MONTH = 31 * DAY
const HARD = 'tok_visa_chargeCustomerFailStolenCard'
/** By Radar, as of the highest risk. */
const BLOCKED = 'pm_card_radarBlock'
const ASKS = 'pm_card_authenticationRequired'

/** A subscription whose first renewal has just failed. */
async function failing(
  of: Billing = billing,
  card?: string,
): Promise<Stripe.Subscription> {
  const subscription = await of.subscribeAndLose({}, card)
  await of.pass(MONTH + HOUR)
  return subscription
}

describe('retries', () => {
  it('are eight within two weeks, each announced by the one before', async () => {
    const subscription = await failing()
    const failedAt = billing.now
    const attempts: number[] = []
    for (;;) {
      const { attempt_count, next_payment_attempt } =
        await billing.latestInvoice(subscription)
      attempts.push(attempt_count)
      if (next_payment_attempt === null) break
      await billing.passTo(next_payment_attempt - 1)
      expect(await billing.latestInvoice(subscription)).toMatchObject({ attempt_count })
      await billing.pass(1)
    }
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(billing.now - failedAt).toBe(14 * DAY)
    const { data } = await stripe.charges.list({
      customer: String(subscription.customer),
    })
    expect(data.filter(({ status }) => status === 'failed')).toHaveLength(9)
  })

  it('follow the schedule that is given', async () => {
    const subscription = await failing(scheduled)
    const waits: (number | null)[] = []
    for (let next: number | null = scheduled.now; next !== null; ) {
      const { next_payment_attempt } = await scheduled.latestInvoice(subscription)
      waits.push(next_payment_attempt && (next_payment_attempt - scheduled.now) / DAY)
      next = next_payment_attempt
      if (next !== null) await scheduled.passTo(next)
    }
    expect(waits).toEqual([3, 5, 7, null])
  })

  it('show when the next is in the failure itself, and in no later event', async () => {
    const subscription = await scheduled.subscribeAndLose()
    const events = await scheduled.eventsOf(() => scheduled.pass(MONTH + HOUR))
    const next = scheduled.now + 3 * DAY
    expect(nextIn(events, 'invoice.payment_failed')).toEqual([next])
    expect(await scheduled.latestInvoice(subscription)).toMatchObject({
      next_payment_attempt: next,
    })
  })

  it('with billing automations show when the next is only in what is updated after the failure', async () => {
    await automated.subscribeAndLose()
    const events = await automated.eventsOf(() => automated.pass(MONTH + HOUR))
    const next = automated.now + 3 * DAY
    expect(nextIn(events, 'invoice.payment_failed')).toEqual([null])
    expect(nextIn(events, 'invoice.updated').at(-1)).toBe(next)
    const failed = events.findIndex(({ type }) => type === 'invoice.payment_failed')
    const updated = events.findLastIndex(({ type }) => type === 'invoice.updated')
    expect(updated).toBeGreaterThan(failed)
  })

  it('take the card that is the default by then', async () => {
    const subscription = await failing()
    const invoice = await billing.latestInvoice(subscription)
    const card = await billing.giveCard(String(subscription.customer))
    await billing.pass(DAY)
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      attempt_count: 2,
      next_payment_attempt: null,
    })
    expect(await billing.status(subscription)).toBe('active')
    const intent = await stripe.paymentIntents.retrieve(await billing.intentOf(invoice))
    expect(intent.payment_method).toBe(card)
    await billing.pass(14 * DAY)
    expect(await billing.status(subscription)).toBe('active')
  })

  it('prefer the card of the subscription to that of the customer', async () => {
    const subscription = await failing()
    const customer = String(subscription.customer)
    const own = await stripe.paymentMethods.attach('pm_card_mastercard', { customer })
    await stripe.subscriptions.update(subscription.id, { default_payment_method: own.id })
    await billing.pass(DAY)
    expect(await billing.status(subscription)).toBe('active')
  })

  it('go on at their times when somebody pays by hand in vain, and that is not counted', async () => {
    const subscription = await failing()
    const invoice = await billing.latestInvoice(subscription)
    for (const _ of [1, 2]) {
      const error = await errorOf(stripe.invoices.pay(invoice.id))
      expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' })
    }
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: invoice.next_payment_attempt,
    })
    await billing.pass(DAY)
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ attempt_count: 2 })
  })

  it('end when somebody pays by hand, which is not counted either', async () => {
    const subscription = await failing()
    const { id } = await billing.latestInvoice(subscription)
    await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' })
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'paid',
      attempt_count: 1,
      next_payment_attempt: null,
    })
    expect(await billing.typesOf(() => billing.pass(5 * DAY))).not.toContain(
      'invoice.payment_failed',
    )
  })

  it('count a payment by hand when it is the first', async () => {
    const customer = await billing.customer('pm_card_visa')
    await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
    const { id } = await stripe.invoices.create({
      customer,
      pending_invoice_items_behavior: 'include',
    })
    expect(await stripe.invoices.pay(id)).toMatchObject({ attempt_count: 1 })
  })

  it('stop with auto_advance, and go on with it', async () => {
    const subscription = await failing()
    const { id } = await billing.latestInvoice(subscription)
    expect(await stripe.invoices.update(id, { auto_advance: false })).toMatchObject({
      next_payment_attempt: null,
    })
    await billing.pass(5 * DAY)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ attempt_count: 1 })
    const { next_payment_attempt } = await stripe.invoices.update(id, {
      auto_advance: true,
    })
    await billing.giveCard(String(subscription.customer))
    await billing.passTo(next_payment_attempt ?? 0)
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' })
  })

  it('do not follow on the first payment of a subscription', async () => {
    const subscription = await billing.subscribe({ card: 'pm_card_chargeCustomerFail' })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: null,
    })
    const types = await billing.typesOf(() => billing.pass(22 * HOUR))
    expect(types).not.toContain('invoice.payment_failed')
  })
})

describe('a hard decline', () => {
  it.each([HARD, BLOCKED])(
    'has the attempts left out while their schedule and their count go on: %s',
    async (card) => {
      const subscription = await failing(billing, card)
      const customer = String(subscription.customer)
      const failed = async () =>
        (await stripe.charges.list({ customer })).data.filter(
          ({ status }) => status === 'failed',
        ).length
      expect(await failed()).toBe(1)
      await billing.pass(2 * DAY)
      expect(await failed()).toBe(1)
      expect(await billing.latestInvoice(subscription)).toMatchObject({
        attempt_count: 3,
        next_payment_attempt: billing.now + DAY,
      })
      await billing.giveCard(customer)
      await billing.pass(DAY)
      expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
      expect(await billing.status(subscription)).toBe('active')
    },
  )

  it('ends as all retries do', async () => {
    const subscription = await failing(billing, HARD)
    await billing.pass(14 * DAY)
    expect(await billing.status(subscription)).toBe('canceled')
  })
})

describe('3D Secure on a renewal', () => {
  it('is asked for, and the subscription is active again when the buyer has passed it', async () => {
    const subscription = await billing.subscribeAndLose({}, ASKS)
    const types = await billing.typesOf(() => billing.pass(MONTH + HOUR))
    expect(types).toEqual(
      expect.arrayContaining([
        'payment_intent.requires_action',
        'invoice.payment_action_required',
        'invoice.payment_failed',
      ]),
    )
    expect(await billing.status(subscription)).toBe('past_due')
    const invoice = await billing.latestInvoice(subscription)
    expect(invoice).toMatchObject({ attempt_count: 1, attempted: true })
    await billing.authenticate(await billing.intentOf(invoice))
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid' })
    expect(await billing.status(subscription)).toBe('active')
  })

  it('goes on being asked for: nobody is charged without it', async () => {
    const subscription = await billing.subscribeAndLose({}, ASKS)
    await billing.pass(MONTH + HOUR + 14 * DAY)
    expect(await billing.status(subscription)).toBe('canceled')
    const { data } = await stripe.charges.list({
      customer: String(subscription.customer),
    })
    expect(data).toHaveLength(1)
  })

  it('is not asked for when the card was set up for it', async () => {
    const subscription = await billing.subscribe({
      card: 'pm_card_authenticationRequiredOnSetup',
    })
    await billing.authenticate(
      await billing.intentOf(await billing.latestInvoice(subscription)),
    )
    await billing.pass(MONTH + HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })
})

describe('save_default_payment_method', () => {
  async function payFirst(saves: 'off' | 'on_subscription') {
    const subscription = await billing.subscribe({
      customer: await billing.customer(),
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: saves },
    })
    const intent = await billing.intentOf(await billing.latestInvoice(subscription))
    const events = await billing.eventsOf(() =>
      stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' }),
    )
    const { payment_method } = await stripe.paymentIntents.retrieve(intent)
    return { subscription, events, paymentMethod: String(payment_method) }
  }

  it('on_subscription makes what has paid the default, and renewals take it', async () => {
    const { subscription, events, paymentMethod } = await payFirst('on_subscription')
    expect(await billing.subscription(subscription)).toMatchObject({
      status: 'active',
      default_payment_method: paymentMethod,
    })
    const saved = events.find(
      ({ data }) => 'default_payment_method' in (data.previous_attributes ?? {}),
    )
    expect(saved).toMatchObject({
      type: 'customer.subscription.updated',
      data: { previous_attributes: { default_payment_method: null } },
    })
    await billing.pass(MONTH + HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })

  it('off leaves the subscription without one', async () => {
    const { subscription } = await payFirst('off')
    expect((await billing.subscription(subscription)).default_payment_method).toBeNull()
    await billing.pass(MONTH + HOUR)
    expect(await billing.status(subscription)).toBe('past_due')
  })
})

describe('pending_setup_intent', () => {
  it('gives a trial its card', async () => {
    const subscription = await billing.subscribe({
      trial_period_days: 14,
      payment_settings: { save_default_payment_method: 'on_subscription' },
    })
    const setup = String(subscription.pending_setup_intent)
    const { payment_method } = await stripe.setupIntents.confirm(setup, {
      payment_method: 'pm_card_visa',
    })
    expect(await billing.subscription(subscription)).toMatchObject({
      pending_setup_intent: null,
      default_payment_method: payment_method,
    })
    await billing.pass(14 * DAY + HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })
})

describe('a card that has been detached', () => {
  it('fails to pay the renewal as none would, until there is another', async () => {
    const customer = await billing.customer('pm_card_visa')
    const subscription = await billing.subscribe({ customer })
    const [card] = (await stripe.customers.listPaymentMethods(customer)).data
    await stripe.subscriptions.update(subscription.id, {
      default_payment_method: String(card?.id),
    })
    await stripe.paymentMethods.detach(String(card?.id))
    await billing.pass(MONTH + HOUR)
    const { attempt_count, next_payment_attempt } =
      await billing.latestInvoice(subscription)
    expect([attempt_count, next_payment_attempt]).toEqual([1, billing.now + DAY])
    expect(await billing.status(subscription)).toBe('past_due')
    await stripe.subscriptions.update(subscription.id, {
      default_payment_method: await billing.giveCard(customer),
    })
    await billing.pass(DAY)
    expect(await billing.latestInvoice(subscription)).toMatchObject({ status: 'paid' })
  })
})

describe('a customer who owes something', () => {
  it('is delinquent until an invoice is paid', async () => {
    const subscription = await failing()
    const id = String(subscription.customer)
    expect(await stripe.customers.retrieve(id)).toMatchObject({ delinquent: true })
    await stripe.invoices.pay((await billing.latestInvoice(subscription)).id, {
      payment_method: 'pm_card_visa',
    })
    expect(await stripe.customers.retrieve(id)).toMatchObject({ delinquent: false })
  })
})

function nextIn(events: readonly Stripe.Event[], wanted: string): (number | null)[] {
  return events
    .filter(({ type }) => type === wanted)
    .map(({ data }) => (data.object as Stripe.Invoice).next_payment_attempt)
}

// What parts of a period cost, to the cent. The clock begins at 2026-01-01: with 31 days,
// and 21 of them left on the 11th.
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, startBilling } from './billing.test-setup.ts'

const billing = await startBilling()
const { stripe } = billing

type Update = Stripe.SubscriptionUpdateParams
const NOW = { billing_cycle_anchor: 'now' } as unknown as Update
const UNCHANGED = {
  billing_cycle_anchor: { type: 'unchanged' },
} as Stripe.SubscriptionResumeParams

interface Line {
  readonly amount: number
  readonly description: string | null
  readonly period: { readonly start: number; readonly end: number }
  readonly quantity: number | null
}

/** What an invoice comes to, without what only tells one invoice from another. */
function sumsOf({
  lines,
  total,
  subtotal,
  amount_due,
  starting_balance,
}: Stripe.Invoice) {
  const shown = lines.data.map(({ amount, description, period, quantity }: Line) => ({
    amount,
    description,
    period,
    quantity,
  }))
  return { lines: shown, total, subtotal, amount_due, starting_balance }
}

function amountsOf({ lines }: Stripe.Invoice): number[] {
  return lines.data.map(({ amount }) => amount)
}

function itemOf({ items }: Stripe.Subscription, index = 0): string {
  return items.data[index]?.id ?? ''
}

/** What waits for the next invoice of a customer, oldest first. */
async function pendingOf({ customer }: Stripe.Subscription): Promise<number[]> {
  const { data } = await stripe.invoiceItems.list({
    customer: String(customer),
    pending: true,
  })
  return data.map(({ amount }) => amount).reverse()
}

async function subscribe(
  price: Partial<Stripe.PriceCreateParams> = {},
  params: Partial<Stripe.SubscriptionCreateParams> = {},
  quantity = 1,
): Promise<Stripe.Subscription> {
  const items = [{ price: await billing.price(price), quantity }]
  return billing.subscribe({ card: 'pm_card_visa', items, ...params })
}

function changeQuantity(
  subscription: Stripe.Subscription,
  quantity: number,
  params: Update = {},
): Promise<Stripe.Subscription> {
  return stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), quantity }],
    ...params,
  })
}

describe('a change in the middle of a period', () => {
  it.each([
    ['more of it', 1, 3, [-677, 2_032]],
    ['less of it', 3, 1, [-2_032, 677]],
    ['none of it', 1, 0, [-677]],
    ['as much of it', 2, 2, []],
  ])('to %s', async (_, before, after, expected) => {
    const subscription = await subscribe({}, {}, before)
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, after)
    expect(await pendingOf(subscription)).toEqual(expected)
    await billing.passTo('2026-02-01')
    const invoice = await billing.latestInvoice(subscription)
    expect(amountsOf(invoice)).toEqual([...expected, after * 1_000])
  })

  it.each([
    ['a higher price', 1_000, 2_500, [-677, 1_694]],
    ['a lower price', 2_500, 1_000, [-1_694, 677]],
    ['a price of nothing', 1_000, 0, [-677]],
  ])('to %s', async (_, before, after, expected) => {
    const subscription = await subscribe({ unit_amount: before })
    await billing.passTo('2026-01-11')
    const price = await billing.price({ unit_amount: after })
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
    })
    expect(await pendingOf(subscription)).toEqual(expected)
  })

  it('of one of several items, or to another number of them', async () => {
    const [a, b, c] = [
      await billing.price(),
      await billing.price({ unit_amount: 500 }),
      await billing.price({ unit_amount: 300 }),
    ]
    const subscription = await billing.subscribe({
      card: 'pm_card_visa',
      items: [{ price: a }, { price: b, quantity: 2 }],
    })
    await billing.passTo('2026-01-11')
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription, 1), quantity: 3 }],
    })
    expect(await pendingOf(subscription)).toEqual([-677, 1_016])
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), deleted: true }, { price: c }],
    })
    expect(await pendingOf(subscription)).toEqual([-677, 1_016, -677, 203])
    await billing.passTo('2026-02-01')
    expect((await billing.latestInvoice(subscription)).total).toBe(1_500 + 300 - 135)
  })

  it('is charged from another moment of the period on, when that is given', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    const proration_date = Date.UTC(2026, 0, 16) / 1000
    await changeQuantity(subscription, 2, { proration_date })
    expect(await pendingOf(subscription)).toEqual([-516, 1_032])
  })

  it.each([
    ['none', [], [2_000]],
    ['create_prorations', [-677, 1_355], [-677, 1_355, 2_000]],
  ] as const)(
    'with proration_behavior %s',
    async (proration_behavior, pending, lines) => {
      const subscription = await subscribe()
      await billing.passTo('2026-01-11')
      const updated = await changeQuantity(subscription, 2, { proration_behavior })
      expect(updated.latest_invoice).toBe(subscription.latest_invoice)
      expect(await pendingOf(subscription)).toEqual(pending)
      await billing.passTo('2026-02-01')
      expect(amountsOf(await billing.latestInvoice(subscription))).toEqual(lines)
    },
  )

  it('with always_invoice is paid at once', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 2, { proration_behavior: 'always_invoice' })
    const invoice = await billing.latestInvoice(subscription)
    expect(amountsOf(invoice)).toEqual([-677, 1_355])
    expect(invoice).toMatchObject({
      billing_reason: 'subscription_update',
      status: 'paid',
      amount_paid: 678,
    })
    await billing.passTo('2026-02-01')
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([2_000])
  })

  it.each([
    ['jpy', 1_000, [-677, 1_355]],
    ['usd', 1_000, [-677, 1_355]],
    ['kwd', 10_000, [-6_774, 13_548]],
  ])('in %s is rounded to its smallest unit', async (currency, unit_amount, expected) => {
    const subscription = await subscribe({ currency, unit_amount })
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 2)
    expect(await pendingOf(subscription)).toEqual(expected)
  })

  it('rounds each line by itself, a half away from zero', async () => {
    await billing.passTo('2026-04-01')
    const subscription = await subscribe({ unit_amount: 1_001 })
    await billing.passTo('2026-04-16')
    await changeQuantity(subscription, 3)
    expect(await pendingOf(subscription)).toEqual([-501, 1_502])
  })

  it('goes by the second', async () => {
    const subscription = await subscribe({ unit_amount: 100_000_00 })
    await billing.pass(1)
    await changeQuantity(subscription, 0)
    // 10,000,000 × 2,678,399 / 2,678,400
    expect(await pendingOf(subscription)).toEqual([-9_999_996])
  })

  it('of packages counts those that are begun', async () => {
    const transform_quantity = { divide_by: 5, round: 'up' } as const
    const subscription = await subscribe({ transform_quantity }, {}, 6)
    expect((await billing.latestInvoice(subscription)).total).toBe(2_000)
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 10)
    expect(await pendingOf(subscription)).toEqual([-1_355, 1_355])
    await changeQuantity(subscription, 11)
    expect(await pendingOf(subscription)).toEqual([-1_355, 1_355, -1_355, 2_032])
  })

  it.each([
    ['112.345', 3, 337],
    ['0.5', 101, 51],
    ['0.000001', 500_000_000, 500],
  ])(
    'of %s each is multiplied before it is rounded',
    async (unit_amount_decimal, quantity, total) => {
      const price = { unit_amount_decimal } as unknown as Stripe.PriceCreateParams
      const subscription = await subscribe(price, {}, quantity)
      expect((await billing.latestInvoice(subscription)).total).toBe(total)
    },
  )

  it('gives back nothing during a trial', async () => {
    const subscription = await subscribe({}, { trial_period_days: 20 })
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 3)
    expect(await pendingOf(subscription)).toEqual([])
    await billing.passTo('2026-01-21')
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([3_000])
  })
})

describe('a period that is not whole', () => {
  it.each([
    // 10 of 17 days of 5.48, and 10 of 31 days of 10.00.
    ['flexible', -322],
    ['classic', -323],
  ] as const)('is charged in part, and given back in part: %s', async (type, credit) => {
    await billing.passTo('2026-01-15')
    const subscription = await subscribe(
      {},
      { billing_cycle_anchor: Date.UTC(2026, 1, 1) / 1000, billing_mode: { type } },
    )
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([548])
    await billing.passTo('2026-01-22')
    await changeQuantity(subscription, 2)
    expect(await pendingOf(subscription)).toEqual([credit, 645])
    await billing.passTo('2026-02-01')
    const renewal = await billing.latestInvoice(subscription)
    expect(amountsOf(renewal)).toEqual([credit, 645, 2_000])
  })

  it.each([
    ['flexible', [-516]],
    ['classic', [-1_548]],
  ] as const)(
    'gives back what was charged, or what it is worth: %s',
    async (type, credits) => {
      const subscription = await subscribe({}, { billing_mode: { type } })
      await billing.passTo('2026-01-11')
      await changeQuantity(subscription, 3, { proration_behavior: 'none' })
      await billing.passTo('2026-01-16')
      await stripe.subscriptions.cancel(subscription.id, { prorate: true })
      expect(await pendingOf(subscription)).toEqual(credits)
    },
  )

  it('is given back once, however often it changes', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 3)
    await billing.passTo('2026-01-21')
    await changeQuantity(subscription, 2)
    await billing.passTo('2026-01-26')
    await changeQuantity(subscription, 0)
    // 11 of 21 days of 20.32, and 6 of 11 days of 7.10.
    expect(await pendingOf(subscription)).toEqual([-677, 2_032, -1_064, 710, -387])
  })

  it('is free without proration', async () => {
    await billing.passTo('2026-01-15')
    const subscription = await subscribe(
      {},
      {
        billing_cycle_anchor: Date.UTC(2026, 1, 1) / 1000,
        proration_behavior: 'none',
      },
    )
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      total: 0,
      status: 'paid',
    })
    await billing.passTo('2026-02-01')
    expect((await billing.latestInvoice(subscription)).total).toBe(1_000)
  })

  it('follows on a resumption that keeps the billing cycle', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
    expect(await pendingOf(subscription)).toEqual([-677])
    await billing.passTo('2026-01-21')
    await stripe.subscriptions.resume(subscription.id, UNCHANGED)
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([-677, 355])
    await billing.passTo('2026-01-26')
    await changeQuantity(subscription, 0)
    expect(await pendingOf(subscription)).toEqual([-194])
  })

  it('is given back when a subscription is canceled, if that is asked for', async () => {
    const [kept, given] = [await subscribe(), await subscribe()]
    await billing.passTo('2026-01-11')
    await stripe.subscriptions.cancel(kept.id)
    expect(await pendingOf(kept)).toEqual([])
    await stripe.subscriptions.cancel(given.id, { prorate: true, invoice_now: true })
    expect(await billing.latestInvoice(given)).toMatchObject({
      total: -677,
      amount_due: 0,
    })
    const customer = await stripe.customers.retrieve(String(given.customer))
    expect(customer).toMatchObject({ balance: -677 })
  })

  it('is forgotten when a subscription is canceled at once, and collected when at its end', async () => {
    const [now, later] = [await subscribe(), await subscribe()]
    await billing.passTo('2026-01-11')
    for (const subscription of [now, later]) await changeQuantity(subscription, 3)
    await stripe.subscriptions.cancel(now.id)
    expect(await pendingOf(now)).toEqual([])
    await stripe.subscriptions.update(later.id, { cancel_at_period_end: true })
    expect(await pendingOf(later)).toEqual([-677, 2_032])
    await billing.passTo('2026-02-01')
    expect(await billing.status(later)).toBe('canceled')
    await billing.pass(HOUR)
    const last = await billing.latestInvoice(later)
    expect(last).toMatchObject({ status: 'paid', amount_paid: 1_355 })
    expect(amountsOf(last)).toEqual([-677, 2_032])
  })
})

describe('a new billing cycle', () => {
  const classic: Partial<Stripe.SubscriptionCreateParams> = {
    billing_mode: { type: 'classic' },
  }

  it('begins with another interval in the classic billing mode', async () => {
    const subscription = await subscribe({}, classic)
    await billing.passTo('2026-01-11')
    const price = await billing.price({
      unit_amount: 10_000,
      recurring: { interval: 'year' },
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
    })
    expect(updated.billing_cycle_anchor).toBe(billing.now)
    expect(updated.items.data[0]).toMatchObject({
      current_period_start: billing.now,
      current_period_end: Date.UTC(2027, 0, 11) / 1000,
    })
    const invoice = await billing.latestInvoice(subscription)
    expect(amountsOf(invoice)).toEqual([-677, 10_000])
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 9_323 })
  })

  it.each([
    ['create_prorations', [-677, 1_000]],
    ['none', [1_000]],
  ] as const)('begins when it is asked for: %s', async (proration_behavior, amounts) => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    const updated = await stripe.subscriptions.update(subscription.id, {
      ...NOW,
      proration_behavior,
    })
    expect(updated.items.data[0]?.current_period_end).toBe(Date.UTC(2026, 1, 11) / 1000)
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual(amounts)
  })

  it('does not begin with another interval in the flexible billing mode', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    const price = await billing.price({
      unit_amount: 10_000,
      recurring: { interval: 'year' },
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
      proration_behavior: 'always_invoice',
    })
    expect(updated.billing_cycle_anchor).toBe(subscription.billing_cycle_anchor)
    expect(updated.items.data[0]).toMatchObject({
      current_period_start: Date.UTC(2026, 0, 1) / 1000,
      current_period_end: Date.UTC(2027, 0, 1) / 1000,
    })
    // 21 of 31 days of 10.00, and 355 of 365 days of 100.00.
    const invoice = await billing.latestInvoice(subscription)
    expect(amountsOf(invoice)).toEqual([-677, 9_726])
    expect(invoice.lines.data[1]?.period.end).toBe(Date.UTC(2027, 0, 1) / 1000)
    await billing.passTo('2026-02-02')
    expect((await billing.latestInvoice(subscription)).id).toBe(invoice.id)
    await billing.passTo('2027-01-02')
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([10_000])
  })

  it('takes an end that was asked for with it', async () => {
    const subscription = await subscribe({}, { cancel_at_period_end: true })
    const price = await billing.price({ recurring: { interval: 'year' } })
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
    })
    expect(updated).toMatchObject({
      cancel_at: Date.UTC(2027, 0, 1) / 1000,
      cancel_at_period_end: true,
    })
    await billing.passTo('2026-12-31')
    expect(await billing.status(subscription)).toBe('active')
    await billing.passTo('2027-01-01')
    expect(await billing.status(subscription)).toBe('canceled')
  })

  it('does not begin when something free begins to cost, but in the classic mode', async () => {
    const subscription = await subscribe({ unit_amount: 0 })
    const { length } = (await stripe.invoices.list({ subscription: subscription.id }))
      .data
    await billing.passTo('2026-01-11')
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price: await billing.price() }],
    })
    expect(updated.billing_cycle_anchor).toBe(subscription.billing_cycle_anchor)
    expect(await pendingOf(subscription)).toEqual([677])
    const { data } = await stripe.invoices.list({ subscription: subscription.id })
    expect(data).toHaveLength(length)
  })

  it('begins when something free begins to cost in the classic billing mode', async () => {
    const subscription = await subscribe({ unit_amount: 0 }, classic)
    await billing.passTo('2026-01-11')
    const price = await billing.price()
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
    })
    expect(updated.billing_cycle_anchor).toBe(billing.now)
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([1_000])
  })
})

describe('the ends of periods', () => {
  async function endsFrom(
    start: string,
    recurring: Stripe.PriceCreateParams.Recurring,
    count: number,
  ): Promise<string[]> {
    await billing.passTo(start)
    const subscription = await subscribe({ recurring })
    const ends: string[] = []
    for (let left = count; left > 0; left -= 1) {
      const { items } = await billing.subscription(subscription)
      const end = items.data[0]?.current_period_end ?? 0
      ends.push(new Date(end * 1000).toISOString().slice(0, 16))
      await billing.passTo(end)
    }
    return ends
  }

  it.each([
    [
      '2026-01-31T10:30Z',
      { interval: 'month' },
      ['2026-02-28T10:30', '2026-03-31T10:30', '2026-04-30T10:30', '2026-05-31T10:30'],
    ],
    [
      '2028-01-30',
      { interval: 'month' },
      ['2028-02-29T00:00', '2028-03-30T00:00', '2028-04-30T00:00'],
    ],
    [
      '2028-02-29',
      { interval: 'year' },
      ['2029-02-28T00:00', '2030-02-28T00:00', '2031-02-28T00:00', '2032-02-29T00:00'],
    ],
    [
      '2026-08-31',
      { interval: 'month', interval_count: 3 },
      ['2026-11-30T00:00', '2027-02-28T00:00', '2027-05-31T00:00'],
    ],
    [
      '2026-01-31',
      { interval: 'week', interval_count: 2 },
      ['2026-02-14T00:00', '2026-02-28T00:00'],
    ],
    ['2028-02-28', { interval: 'day' }, ['2028-02-29T00:00', '2028-03-01T00:00']],
  ] as const)('from %s on, by %o', async (start, recurring, ends) => {
    expect(await endsFrom(start, recurring, ends.length)).toEqual(ends)
  })

  it('of a short month have shorter days to give back', async () => {
    await billing.passTo('2026-01-31')
    const subscription = await subscribe()
    await billing.passTo('2026-02-14')
    await changeQuantity(subscription, 0)
    expect(await pendingOf(subscription)).toEqual([-500])
  })
})

describe('the balance of a customer', () => {
  it.each([
    ['a credit', -300, { amount_due: 700, ending_balance: 0 }, 700],
    ['a larger credit', -1_500, { amount_due: 0, ending_balance: -500 }, 0],
    ['a debit', 200, { amount_due: 1_200, ending_balance: 0 }, 1_200],
  ])('is applied: %s', async (_, balance, expected, charged) => {
    const customer = await billing.customer('pm_card_visa', { balance })
    const subscription = await billing.subscribe({ customer })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      subtotal: 1_000,
      total: 1_000,
      starting_balance: balance,
      amount_paid: charged,
      ...expected,
    })
    expect(await stripe.customers.retrieve(customer)).toMatchObject({
      balance: expected.ending_balance,
    })
    const { data } = await stripe.charges.list({ customer })
    expect(data.map(({ amount }) => amount)).toEqual(charged === 0 ? [] : [charged])
  })

  it('takes what an invoice gives back, and the next invoice takes it', async () => {
    const subscription = await subscribe({ unit_amount: 2_500 })
    await billing.passTo('2026-01-11')
    const price = await billing.price()
    await stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price }],
      proration_behavior: 'always_invoice',
    })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      total: -1_017,
      amount_due: 0,
      ending_balance: -1_017,
    })
    await billing.passTo('2026-02-01')
    await billing.pass(HOUR)
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      total: 1_000,
      amount_due: 0,
      ending_balance: -17,
    })
  })

  it.each([
    ['usd', 49],
    ['gbp', 29],
    ['jpy', 49],
  ])('takes what is too little to charge, in %s', async (currency, unit_amount) => {
    const subscription = await subscribe({ currency, unit_amount })
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      ending_balance: unit_amount,
    })
    await billing.passTo('2026-02-01T01:00Z')
    expect(await billing.latestInvoice(subscription)).toMatchObject({
      status: 'paid',
      amount_due: 2 * unit_amount,
      amount_paid: 2 * unit_amount,
      ending_balance: 0,
    })
  })

  it('has back what a voided invoice took', async () => {
    const customer = await billing.customer('pm_card_chargeCustomerFail', {
      balance: -300,
    })
    const subscription = await billing.subscribe({ customer })
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 0 })
    await stripe.invoices.voidInvoice(String(subscription.latest_invoice))
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 })
  })
})

describe('a preview', () => {
  it('is what the next renewal will be', async () => {
    const subscription = await subscribe()
    await billing.passTo('2026-01-11')
    await changeQuantity(subscription, 3)
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id })
    await billing.passTo('2026-02-01')
    const real = await billing.latestInvoice(subscription)
    expect(sumsOf(preview)).toEqual(sumsOf(real))
  })

  const otherPrices = ['month', 'year'] as const
  it.each(
    otherPrices.flatMap((interval) =>
      (['none', 'create_prorations', 'always_invoice'] as const).map(
        (proration) => [interval, proration] as const,
      ),
    ),
  )(
    'of a change to a price by the %s with %s is what it will come to',
    async (interval, proration_behavior) => {
      const customer = await billing.customer('pm_card_visa', { balance: -100 })
      const subscription = await billing.subscribe({ customer })
      await billing.passTo('2026-01-11')
      const price = await billing.price({ unit_amount: 7_000, recurring: { interval } })
      const change = {
        items: [{ id: itemOf(subscription), price, quantity: 2 }],
        proration_behavior,
        proration_date: billing.now,
      }
      const { length } = (await stripe.invoices.list({ customer })).data
      const preview = await stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: change,
      })
      expect(preview.id).toMatch(/^upcoming_in_/)
      // Nothing is kept of it.
      expect((await stripe.invoices.list({ customer })).data).toHaveLength(length)
      expect(await pendingOf(subscription)).toEqual([])
      await stripe.subscriptions.update(subscription.id, change)
      if (proration_behavior !== 'always_invoice')
        await billing.passTo(interval === 'month' ? '2026-02-01' : '2027-01-01')
      const real = await billing.latestInvoice(subscription)
      expect(sumsOf(preview)).toEqual(sumsOf(real))
    },
  )

  it('of a new subscription is what it will come to', async () => {
    const customer = await billing.customer('pm_card_visa')
    const items = [{ price: await billing.price(), quantity: 2 }]
    const preview = await stripe.invoices.createPreview({
      customer,
      subscription_details: { items },
    })
    const subscription = await billing.subscribe({ customer, items })
    expect(sumsOf(preview)).toEqual(sumsOf(await billing.latestInvoice(subscription)))
  })

  it('there is none when nothing is going to be invoiced', async () => {
    const { id } = await subscribe()
    await stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await expect(
      stripe.invoices.createPreview({ subscription: id }),
    ).rejects.toMatchObject({
      statusCode: 404,
      code: 'invoice_upcoming_none',
    })
    await stripe.subscriptions.cancel(id)
    await expect(
      stripe.invoices.createPreview({ subscription: id }),
    ).rejects.toMatchObject({
      code: 'invoice_upcoming_none',
    })
  })
})

describe('what is sold once', () => {
  it('comes with the first invoice, and with the next that is made', async () => {
    const { id: fee } = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 250,
      product_data: { name: 'Set-up' },
    })
    const subscription = await subscribe({}, { add_invoice_items: [{ price: fee }] })
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([1_000, 250])
    await billing.pass(DAY)
    await stripe.subscriptions.update(subscription.id, {
      add_invoice_items: [{ price: fee, quantity: 2 }],
    })
    expect(await pendingOf(subscription)).toEqual([500])
    await billing.passTo('2026-02-01')
    expect(amountsOf(await billing.latestInvoice(subscription))).toEqual([500, 1_000])
  })
})

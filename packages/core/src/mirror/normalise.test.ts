import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'

const price = { id: 'price_1', object: 'price', product: 'prod_1', lookup_key: 'pro' }
const period = { current_period_start: 10, current_period_end: 20 }
const subscription = {
  id: 'sub_1',
  object: 'subscription',
  customer: 'cus_1',
  status: 'active',
  items: { object: 'list', data: [{ id: 'si_1', price, quantity: 2, ...period }] },
  cancel_at: 99,
  cancel_at_period_end: true,
  canceled_at: 15,
  ended_at: null,
  trial_end: 9,
  pause_collection: { behavior: 'void', resumes_at: 30 },
  latest_invoice: 'in_1',
  default_payment_method: 'pm_1',
  collection_method: 'charge_automatically',
  metadata: { user_id: '7', plan: 'pro' },
  created: 1,
}

const invoice = {
  id: 'in_1',
  object: 'invoice',
  customer: 'cus_1',
  parent: { subscription_details: { subscription: 'sub_1' } },
  status: 'open',
  attempt_count: 2,
  next_payment_attempt: 50,
  amount_due: 2_000,
  amount_paid: 500,
  amount_remaining: 1_500,
  currency: 'eur',
  billing_reason: 'subscription_cycle',
  collection_method: 'charge_automatically',
  auto_advance: true,
  hosted_invoice_url: 'https://invoice.stripe.com/i/1',
  metadata: {},
  created: 1,
}

describe('a subscription', () => {
  it('is read', () => {
    expect(normalise('subscription', subscription)).toEqual({
      kind: 'subscription',
      id: 'sub_1',
      customer: 'cus_1',
      status: 'active',
      items: [
        {
          id: 'si_1',
          price: 'price_1',
          product: 'prod_1',
          lookupKey: 'pro',
          quantity: 2,
          currentPeriodStart: 10,
          currentPeriodEnd: 20,
        },
      ],
      currentPeriodStart: 10,
      currentPeriodEnd: 20,
      cancelAt: 99,
      cancelAtPeriodEnd: true,
      canceledAt: 15,
      endedAt: null,
      trialEnd: 9,
      pauseCollection: { behavior: 'void', resumesAt: 30 },
      latestInvoice: 'in_1',
      defaultPaymentMethod: 'pm_1',
      collectionMethod: 'charge_automatically',
      metadata: { plan: 'pro', user_id: '7' },
      created: 1,
    })
  })

  it('is the same in the shape before basil', () => {
    const old = {
      ...subscription,
      ...period,
      items: { object: 'list', data: [{ id: 'si_1', price, quantity: 2 }] },
    }
    expect(normalise('subscription', old)).toEqual(
      normalise('subscription', subscription),
    )
  })

  it('is the same with its references expanded, its items and its metadata in another order', () => {
    const one = { id: 'si_1', price, quantity: 2, ...period }
    const other = { ...one, id: 'si_2' }
    const plain = { ...subscription, items: { data: [one, other] } }
    const expanded = {
      ...subscription,
      customer: { id: 'cus_1', object: 'customer' },
      latest_invoice: { id: 'in_1', object: 'invoice' },
      default_payment_method: { id: 'pm_1', object: 'payment_method' },
      metadata: { plan: 'pro', user_id: '7' },
      items: {
        data: [other, { ...one, price: { ...price, product: { id: 'prod_1' } } }],
      },
    }
    expect(JSON.stringify(normalise('subscription', expanded))).toBe(
      JSON.stringify(normalise('subscription', plain)),
    )
  })

  it('has the period of the item that ends first, and of the one that began last', () => {
    const items = [
      { id: 'si_1', price, current_period_start: 10, current_period_end: 40 },
      { id: 'si_2', price, current_period_start: 20, current_period_end: 30 },
    ]
    const mixed = normalise('subscription', { ...subscription, items: { data: items } })
    expect(mixed).toMatchObject({ currentPeriodStart: 20, currentPeriodEnd: 30 })
  })

  it('may have plans, as before 2020', () => {
    const items = { data: [{ id: 'si_1', plan: { id: 'gold', product: 'prod_1' } }] }
    expect(normalise('subscription', { ...subscription, items })).toMatchObject({
      items: [{ price: 'gold', product: 'prod_1', lookupKey: null }],
    })
  })
})

describe('an invoice', () => {
  it('is read', () => {
    expect(normalise('invoice', invoice)).toEqual({
      kind: 'invoice',
      id: 'in_1',
      customer: 'cus_1',
      subscription: 'sub_1',
      status: 'open',
      attemptCount: 2,
      nextPaymentAttempt: 50,
      amountDue: 2_000,
      amountPaid: 500,
      amountRemaining: 1_500,
      currency: 'eur',
      billingReason: 'subscription_cycle',
      collectionMethod: 'charge_automatically',
      autoAdvance: true,
      hostedInvoiceUrl: 'https://invoice.stripe.com/i/1',
      metadata: {},
      created: 1,
    })
  })

  it('is the same in the shape before basil', () => {
    const { parent: _, ...others } = invoice
    const old = { ...others, subscription: { id: 'sub_1', object: 'subscription' } }
    expect(normalise('invoice', old)).toEqual(normalise('invoice', invoice))
  })

  it('that is deleted has nothing left but its id', () => {
    const stub = { id: 'in_1', object: 'invoice', deleted: true }
    expect(normalise('invoice', stub)).toMatchObject({
      status: 'deleted',
      customer: null,
    })
  })
})

describe('a customer', () => {
  const customer = {
    id: 'cus_1',
    object: 'customer',
    email: 'ada@example.com',
    name: 'Ada',
    invoice_settings: { default_payment_method: 'pm_1' },
    metadata: {},
    created: 1,
  }

  it('is read', () => {
    expect(normalise('customer', customer)).toEqual({
      kind: 'customer',
      id: 'cus_1',
      deleted: false,
      email: 'ada@example.com',
      name: 'Ada',
      defaultPaymentMethod: 'pm_1',
      metadata: {},
      created: 1,
    })
  })

  it('that is deleted has nothing left but its id', () => {
    expect(normalise('customer', { ...customer, deleted: true })).toEqual({
      kind: 'customer',
      id: 'cus_1',
      deleted: true,
      email: null,
      name: null,
      defaultPaymentMethod: null,
      metadata: {},
      created: null,
    })
  })
})

describe('anything else', () => {
  it.each([
    ['nothing', undefined],
    ['a list', [subscription]],
    ['another object', invoice],
    ['no id', { ...subscription, id: undefined }],
    ['an empty id', { ...subscription, id: '' }],
    ['no status', { ...subscription, status: null }],
  ])('is no subscription: %s', (_, object) => {
    expect(normalise('subscription', object)).toBeUndefined()
  })

  it('is read as far as it can be', () => {
    const odd = {
      id: 'sub_1',
      object: 'subscription',
      status: 'hibernating',
      items: {
        data: [null, 'si_1', { id: 7 }, { id: 'si_1', quantity: 0.5, price: [] }],
      },
      current_period_end: '20',
      pause_collection: [],
      metadata: JSON.parse('{ "__proto__": "a", "b": 1, "c": null }'),
    }
    const read = normalise('subscription', odd)
    expect(read).toMatchObject({
      status: 'hibernating',
      items: [{ id: 'si_1', price: null, quantity: null }],
      currentPeriodEnd: null,
      pauseCollection: null,
    })
    expect(JSON.stringify(read?.metadata)).toBe('{"__proto__":"a"}')
  })

  it('throws nothing, whatever it holds', () => {
    const names = Object.keys({ ...subscription, ...invoice, invoice_settings: null })
    const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue())
    const kinds = fc.constantFrom('customer', 'subscription', 'invoice')
    fc.assert(
      fc.property(kinds, fields, fc.boolean(), (kind, given, deleted) => {
        const object = { status: 'x', ...given, id: 'a', object: kind, deleted }
        const read = normalise(kind, object)
        if (read !== undefined) expect(JSON.parse(JSON.stringify(read))).toEqual(read)
      }),
    )
  })
})

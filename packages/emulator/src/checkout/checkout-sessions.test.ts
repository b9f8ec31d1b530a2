import type Stripe from 'stripe'
import { afterAll, describe, expect, it } from 'vitest'
import { clientOf, errorOf } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

type CreateParams = Stripe.Checkout.SessionCreateParams

// Its clock stands still, so that nothing happens that a test does not do.
const emulator = await startEmulator({ seed: 1 })
afterAll(() => emulator.stop())
const stripe = clientOf(emulator)

async function control(path: string, params: Record<string, string>): Promise<unknown> {
  const body = new URLSearchParams(params)
  const response = await fetch(`${emulator.url}/_emulator/${path}`, {
    method: 'POST',
    body,
  })
  return response.json()
}

const now = () => Math.floor(emulator.clock.now().getTime() / 1000)

const success_url = 'https://shop.example/done?session={CHECKOUT_SESSION_ID}'
const notebook = {
  price_data: {
    currency: 'eur',
    product_data: { name: 'Notebook' },
    unit_amount: 2_000,
  },
  quantity: 2,
} as const
const every = (interval: 'month' | 'year') => ({
  price_data: { ...notebook.price_data, recurring: { interval } },
  quantity: 1,
})
const payment: CreateParams = { mode: 'payment', success_url, line_items: [notebook] }

async function monthly(unit_amount = 1_500): Promise<string> {
  const { id } = await stripe.prices.create({
    currency: 'eur',
    unit_amount,
    recurring: { interval: 'month' },
    product_data: { name: 'Plan' },
  })
  return id
}

async function subscription(more: CreateParams = {}): Promise<CreateParams> {
  const line_items = [{ price: await monthly(), quantity: 1 }]
  return { mode: 'subscription', success_url, line_items, ...more }
}

interface Completion {
  readonly session: Stripe.Checkout.Session
  readonly to_authenticate: string | null
  readonly error?: { readonly message: string; readonly code: string }
}

async function complete(
  { id }: Stripe.Checkout.Session,
  card = '4242424242424242',
  more: Record<string, string> = {},
): Promise<Completion> {
  return (await control('checkout/complete', {
    session: id,
    card,
    ...more,
  })) as Completion
}

async function authenticate(intent: string, outcome: 'succeed' | 'fail'): Promise<void> {
  const kind = intent.startsWith('seti_') ? 'setup_intent' : 'payment_intent'
  await control('authenticate', { [kind]: intent, outcome })
}

/** The types of all events since a session was made, oldest first. */
async function typesSince(session: Stripe.Checkout.Session): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  const index = data.findIndex(({ id }) => id === marks.get(session.id))
  return data
    .slice(0, index < 0 ? data.length : index)
    .map(({ type }) => type)
    .reverse()
}

const marks = new Map<string, string>()

async function create(params: CreateParams): Promise<Stripe.Checkout.Session> {
  const session = await stripe.checkout.sessions.create(params)
  const { data } = await stripe.events.list({ limit: 1 })
  if (data[0] !== undefined) marks.set(session.id, data[0].id)
  return session
}

describe('a Checkout Session', () => {
  it('is open, and has a page, an expiry in a day and the sum of its lines', async () => {
    const session = await create({
      ...payment,
      cancel_url: 'https://shop.example/cart',
      client_reference_id: 'order_1',
      metadata: { cart: '7' },
    })
    expect(session).toMatchObject({
      object: 'checkout.session',
      amount_subtotal: 4_000,
      amount_total: 4_000,
      cancel_url: 'https://shop.example/cart',
      client_reference_id: 'order_1',
      client_secret: null,
      currency: 'eur',
      customer: null,
      customer_creation: 'if_required',
      customer_details: null,
      livemode: false,
      metadata: { cart: '7' },
      mode: 'payment',
      payment_intent: null,
      payment_status: 'unpaid',
      status: 'open',
      success_url,
      ui_mode: 'hosted_page',
      url: `${emulator.url}/c/pay/${session.id}`,
    })
    expect(session.id).toMatch(/^cs_test_a1\w{56}$/)
    expect(session.expires_at - session.created).toBe(86_400)
    expect(session).not.toHaveProperty('line_items')
    expect(await stripe.checkout.sessions.retrieve(session.id)).toEqual(session)
  })

  it('lists its lines, and answers them when expanded', async () => {
    const session = await create({
      ...payment,
      line_items: [notebook, { ...notebook, quantity: 1 }],
    })
    const { data } = await stripe.checkout.sessions.listLineItems(session.id)
    expect(data).toMatchObject([
      { amount_total: 4_000, description: 'Notebook', quantity: 2, object: 'item' },
      { amount_total: 2_000, quantity: 1, price: { unit_amount: 2_000, active: false } },
    ])
    const whole = await stripe.checkout.sessions.listLineItems(session.id, {
      expand: ['data.discounts', 'data.taxes'],
    })
    expect(whole.data[0]).toMatchObject({ discounts: [], taxes: [] })
    const first = await stripe.checkout.sessions.listLineItems(session.id, { limit: 1 })
    expect(first).toMatchObject({ has_more: true, data: [{ id: data[0]?.id }] })
    const before = await stripe.checkout.sessions.listLineItems(session.id, {
      ending_before: data[1]?.id ?? '',
    })
    expect(before).toMatchObject({ has_more: false, data: [{ id: data[0]?.id }] })
    const expanded = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['line_items.data.price.product'],
    })
    expect(expanded.line_items?.data[1]?.price?.product).toMatchObject({
      name: 'Notebook',
    })
  })

  it('keeps what is to be known of it in metadata, and changes nothing else', async () => {
    const session = await create({ ...payment, metadata: { a: '1' } })
    const updated = await stripe.checkout.sessions.update(session.id, {
      metadata: { a: '', b: '2' },
    })
    expect(updated).toEqual({ ...session, metadata: { b: '2' } })
  })

  it('makes payments and set-ups with the options of their own kind', async () => {
    const card = { mandate_options: null, network: null, request_three_d_secure: 'any' }
    const payment_method_options = { card: { request_three_d_secure: 'any' } } as const
    const paid = await create({ ...payment, payment_method_options })
    await complete(paid)
    const { payment_intent } = await stripe.checkout.sessions.retrieve(paid.id)
    const intent = await stripe.paymentIntents.retrieve(String(payment_intent))
    expect(intent.payment_method_options).toEqual({
      card: { installments: null, ...card },
    })
    const saved = await create({
      mode: 'setup',
      currency: 'eur',
      success_url,
      payment_method_options,
    })
    const setup = await stripe.setupIntents.retrieve(String(saved.setup_intent))
    expect(setup.payment_method_options).toEqual({ card })
  })

  it('is found by what it is about', async () => {
    const customer = await stripe.customers.create({ email: 'list@shop.example' })
    const paid = await create({ ...payment, customer: customer.id })
    const open = await create({ ...payment, customer: customer.id })
    await complete(paid)
    const { payment_intent } = await stripe.checkout.sessions.retrieve(paid.id)
    const idsOf = async (params: Stripe.Checkout.SessionListParams) =>
      (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id)
    expect(await idsOf({ customer: customer.id })).toEqual([open.id, paid.id])
    expect(await idsOf({ customer: customer.id, status: 'open' })).toEqual([open.id])
    expect(await idsOf({ payment_intent: String(payment_intent) })).toEqual([paid.id])
    expect(await idsOf({ customer_details: { email: 'list@shop.example' } })).toEqual([
      open.id,
      paid.id,
    ])
  })

  // Source: the cassettes of https://github.com/pay-rails/pay, recorded with 2026-09-30.endive.
  it('of a customer tells of them from the beginning, as recorded answers do', async () => {
    const { id: customer } = await stripe.customers.create({
      email: 'known@shop.example',
      name: 'Ada',
      phone: '+49',
    })
    const details = {
      address: null,
      business_name: null,
      email: 'known@shop.example',
      individual_name: null,
      name: null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: null,
    }
    const common = {
      collected_information: { individual_name: null, shipping_details: null },
      customer_creation: null,
      customer_details: details,
    }
    const sold = await create(await subscription({ customer }))
    expect(sold).toMatchObject({
      ...common,
      managed_payments: { enabled: false },
      saved_payment_method_options: { payment_method_remove: 'disabled' },
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    })
    expect(sold).not.toHaveProperty('tax_id_collection')
    const saved = await create({ mode: 'setup', currency: 'eur', success_url, customer })
    expect(saved).toMatchObject({
      ...common,
      customer_details: { ...details, tax_exempt: null },
      managed_payments: null,
      saved_payment_method_options: null,
      total_details: null,
    })
    expect(saved.id).toMatch(/^cs_test_c1\w{56}$/)
    expect(await stripe.setupIntents.retrieve(String(saved.setup_intent))).toMatchObject({
      customer,
      status: 'requires_payment_method',
    })
  })

  it.each(['embedded_page', 'elements'] as const)(
    'of %s has a client secret and no page',
    async (ui_mode) => {
      const { success_url: _, ...rest } = payment
      const return_url = 'https://shop.example/back'
      const session = await create({ ...rest, ui_mode, return_url })
      expect(session).toMatchObject({ ui_mode, return_url, url: null, success_url: null })
      expect(session.client_secret).toContain(`${session.id}_secret_`)
    },
  )

  it('shows what the page of Stripe would ask for', async () => {
    const session = await create({
      ...payment,
      consent_collection: { terms_of_service: 'required' },
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['DE', 'FR'] },
      tax_id_collection: { enabled: true },
    })
    expect(session).toMatchObject({
      consent_collection: { promotions: null, terms_of_service: 'required' },
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['DE', 'FR'] },
      tax_id_collection: { enabled: true, required: 'never' },
    })
  })

  it('takes the parameter that came with endive', async () => {
    const session = await create({ ...payment, allowed_payment_method_types: ['card'] })
    expect(session.allowed_payment_method_types).toEqual(['card'])
  })
})

describe('what cannot be meant is refused, and makes nothing:', () => {
  const soon = () => now() + 60
  it.each<[string, CreateParams, object]>([
    ['no mode', { success_url, line_items: [notebook] }, { param: 'mode' }],
    [
      'no success_url',
      { mode: 'payment', line_items: [notebook] },
      { param: 'success_url' },
    ],
    ['no scheme', { ...payment, success_url: 'shop.example' }, { code: 'url_invalid' }],
    [
      'a script',
      { ...payment, cancel_url: 'javascript:alert(1)' },
      { code: 'url_invalid' },
    ],
    ['no lines', { mode: 'payment', success_url }, { param: 'line_items' }],
    [
      'no quantity',
      { ...payment, line_items: [{ price_data: notebook.price_data }] },
      { message: 'Quantity is required. Add `quantity` to `line_items[0]`' },
    ],
    [
      'no such price',
      { ...payment, line_items: [{ price: 'price_no', quantity: 1 }] },
      { code: 'resource_missing', param: 'line_items[0][price]' },
    ],
    [
      'two currencies',
      {
        ...payment,
        line_items: [
          notebook,
          { ...notebook, price_data: { ...notebook.price_data, currency: 'usd' } },
        ],
      },
      { param: 'line_items[1]' },
    ],
    [
      'too little',
      {
        ...payment,
        line_items: [
          { price_data: { ...notebook.price_data, unit_amount: 49 }, quantity: 1 },
        ],
      },
      {
        code: 'amount_too_small',
        message:
          "The Checkout Session's total amount due must add up to at least €0.50 eur",
      },
    ],
    [
      'a recurring price in payment mode',
      { ...payment, line_items: [every('month')] },
      {
        message:
          'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      },
    ],
    [
      'two intervals',
      { mode: 'subscription', success_url, line_items: [every('month'), every('year')] },
      {
        message:
          'Checkout does not support multiple prices with different billing intervals.',
      },
    ],
    ['no cards', { ...payment, allowed_payment_method_types: ['klarna'] }, {}],
    [
      'an anchor that is over',
      {
        mode: 'subscription',
        success_url,
        line_items: [every('month')],
        subscription_data: { billing_cycle_anchor: now() - 60 },
      },
      { param: 'subscription_data[billing_cycle_anchor]' },
    ],
    [
      'a trial that ends too soon',
      {
        mode: 'subscription',
        success_url,
        line_items: [every('month')],
        subscription_data: { trial_end: now() + 86_400 },
      },
      { param: 'subscription_data[trial_end]' },
    ],
    ['no recurring price', { ...payment, mode: 'subscription' }, { param: 'mode' }],
    [
      "another mode's data",
      { ...payment, subscription_data: { description: 'no' } },
      { param: 'subscription_data' },
    ],
    [
      'no such customer',
      { ...payment, customer: 'cus_no' },
      { code: 'resource_missing' },
    ],
    ['no e-mail', { ...payment, customer_email: 'no' }, { code: 'email_invalid' }],
    ['an expiry too soon', { ...payment, expires_at: soon() }, { param: 'expires_at' }],
    [
      'an expiry too late',
      { ...payment, expires_at: soon() + 90_000 },
      { param: 'expires_at' },
    ],
    ['discounts', { ...payment, discounts: [{ coupon: 'no' }] }, { param: 'discounts' }],
    ['setup without a currency', { mode: 'setup', success_url }, { param: 'currency' }],
    [
      'a way back from a hosted page',
      { ...payment, return_url: 'https://shop.example' },
      { param: 'return_url' },
    ],
  ])('%s', async (_, params, error) => {
    const before = await stripe.events.list({ limit: 1 })
    const newest = await stripe.checkout.sessions.list({ limit: 1 })
    const refused = await errorOf(stripe.checkout.sessions.create(params))
    expect(refused).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      ...error,
    })
    expect((await stripe.events.list({ limit: 1 })).data).toEqual(before.data)
    expect((await stripe.checkout.sessions.list({ limit: 1 })).data).toEqual(newest.data)
  })
})

describe('payment mode', () => {
  it('makes the payment when the buyer pays, and is complete', async () => {
    const session = await create({
      ...payment,
      payment_intent_data: { metadata: { order: '1' }, description: 'Order 1' },
    })
    await complete(session, '4242424242424242', { email: 'ada@shop.example' })
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer: null,
      customer_details: { email: 'ada@shop.example', name: 'Test Buyer' },
      payment_intent: {
        amount: 4_000,
        currency: 'eur',
        description: 'Order 1',
        metadata: { order: '1' },
        status: 'succeeded',
      },
    })
    expect(await typesSince(session)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
    const { data } = await stripe.events.list({ type: 'checkout.session.completed' })
    expect(data[0]?.data.object).toMatchObject({ id: session.id, status: 'complete' })
    expect(data[0]?.request).toEqual({ id: null, idempotency_key: null })
  })

  it('makes a customer when it is to, with the e-mail given', async () => {
    const session = await create({
      ...payment,
      customer_creation: 'always',
      customer_email: 'given@shop.example',
    })
    await complete(session, undefined, { email: 'typed@shop.example' })
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['customer'],
    })
    expect(after.customer).toMatchObject({ email: 'given@shop.example' })
    expect(after.customer_details).toMatchObject({ email: 'given@shop.example' })
    expect(await typesSince(session)).toContain('customer.created')
  })

  it('saves the card for later with setup_future_usage', async () => {
    const session = await create({
      ...payment,
      payment_intent_data: { setup_future_usage: 'off_session' },
    })
    await complete(session)
    const { customer } = await stripe.checkout.sessions.retrieve(session.id)
    const saved = await stripe.customers.listPaymentMethods(String(customer))
    expect(saved.data).toHaveLength(1)
  })

  it('gives a customer without an e-mail that of the buyer', async () => {
    const { id } = await stripe.customers.create()
    const session = await create({ ...payment, customer: id })
    await complete(session, undefined, { email: 'first@shop.example' })
    expect(await stripe.customers.retrieve(id)).toMatchObject({
      email: 'first@shop.example',
    })
  })

  it('stays open after a decline, and is paid with another card by the same intent', async () => {
    const session = await create(payment)
    const { error } = await complete(session, '4000000000009995')
    expect(error).toMatchObject({
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    })
    const declined = await stripe.checkout.sessions.retrieve(session.id)
    expect(declined).toMatchObject({ status: 'open', payment_status: 'unpaid' })
    await complete(session)
    const { payment_intent, status } = await stripe.checkout.sessions.retrieve(session.id)
    expect(status).toBe('complete')
    expect(payment_intent).toBe(declined.payment_intent)
    expect(await typesSince(session)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
  })

  it('waits for 3D Secure, whoever passes it', async () => {
    const session = await create(payment)
    const { to_authenticate } = await complete(session, '4000002500003155')
    expect(to_authenticate).toMatch(/^pi_/)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'open',
    })
    await authenticate(to_authenticate ?? '', 'succeed')
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    })
    expect((await typesSince(session)).at(-1)).toBe('checkout.session.completed')
  })

  it('stays open when 3D Secure fails', async () => {
    const session = await create(payment)
    const { to_authenticate } = await complete(session, '4000002500003155')
    await authenticate(to_authenticate ?? '', 'fail')
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'open',
    })
    await complete(session)
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
    })
  })

  it('is unpaid until a manual capture', async () => {
    const session = await create({
      ...payment,
      payment_intent_data: { capture_method: 'manual' },
    })
    const { session: held } = await complete(session)
    expect(held).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    await stripe.paymentIntents.capture(String(held.payment_intent))
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      payment_status: 'paid',
    })
    const types = await typesSince(session)
    expect(types.filter((type) => type === 'checkout.session.completed')).toHaveLength(1)
  })

  it('asks for no card when there is nothing to pay', async () => {
    const free = { ...notebook, price_data: { ...notebook.price_data, unit_amount: 0 } }
    const session = await create({ ...payment, line_items: [free] })
    const { session: done } = await complete(session, '')
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    })
  })

  it.each([
    ['jpy', 500, 500],
    ['kwd', 1_500, 1_500],
  ])('charges %s in its own smallest unit', async (currency, unit_amount, amount) => {
    const price_data = { ...notebook.price_data, currency, unit_amount }
    const session = await create({
      ...payment,
      line_items: [{ price_data, quantity: 1 }],
    })
    await complete(session)
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent'],
    })
    expect(after.payment_intent).toMatchObject({ amount, currency })
  })

  it('lets nobody confirm or cancel its intents but itself', async () => {
    const { to_authenticate: payment_intent } = await complete(
      await create(payment),
      '4000002500003155',
    )
    const { to_authenticate: setup_intent } = await complete(
      await create({ mode: 'setup', currency: 'eur', success_url }),
      '4000002500003155',
    )
    for (const action of ['confirm', 'cancel'] as const) {
      const payment = stripe.paymentIntents[action](payment_intent ?? '')
      expect((await errorOf(payment)).message).toContain('expire the Checkout Session')
      const setup = stripe.setupIntents[action](setup_intent ?? '')
      expect((await errorOf(setup)).message).toContain('expire the Checkout Session')
    }
  })

  it('is refused when its customer has been deleted', async () => {
    const { id: customer } = await stripe.customers.create()
    const session = await create({ ...payment, customer })
    await stripe.customers.del(customer)
    expect(await complete(session)).toMatchObject({ error: { code: 'resource_missing' } })
  })

  it('is paid once', async () => {
    const session = await create(payment)
    await complete(session)
    expect(await complete(session)).toMatchObject({
      error: { message: 'This Checkout Session has already been completed.' },
    })
  })
})

describe('the command that pays', () => {
  it('finds the session of a connected account, and no other', async () => {
    const connected = { stripeAccount: 'acct_connected1' }
    const session = await stripe.checkout.sessions.create(payment, connected)
    expect((await complete(session)).session.status).toBe('complete')
    expect(await control('checkout/complete', { session: 'cs_test_no' })).toMatchObject({
      error: { code: 'resource_missing', param: 'session' },
    })
  })

  it('takes aliases, and needs a card', async () => {
    const session = await create(payment)
    expect(await complete(session, '')).toMatchObject({ error: { param: 'card' } })
    const { error } = await complete(session, 'pm_card_visa_chargeDeclined')
    expect(error?.code).toBe('card_declined')
    expect((await complete(session, 'pm_card_visa')).session.status).toBe('complete')
  })
})

describe('setup mode', () => {
  const setup: CreateParams = { mode: 'setup', currency: 'eur', success_url }

  it('saves the card with the customer', async () => {
    const { id: customer } = await stripe.customers.create({ email: 'a@shop.example' })
    const session = await create({
      ...setup,
      customer,
      setup_intent_data: { metadata: { why: 'later' } },
    })
    expect(session).toMatchObject({
      amount_total: null,
      payment_status: 'no_payment_required',
      setup_intent: expect.stringMatching(/^seti_/),
    })
    await complete(session)
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['setup_intent'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      setup_intent: {
        status: 'succeeded',
        usage: 'off_session',
        metadata: { why: 'later' },
      },
    })
    const saved = await stripe.customers.listPaymentMethods(customer)
    expect(saved.data).toHaveLength(1)
    const types = await typesSince(session)
    expect(types).toContain('setup_intent.succeeded')
    expect(types.at(-1)).toBe('checkout.session.completed')
  })

  it('stays open after a decline, and waits for 3D Secure', async () => {
    const session = await create(setup)
    expect((await complete(session, '4000000000000002')).error).toMatchObject({
      code: 'card_declined',
    })
    const { to_authenticate } = await complete(session, '4000002500003155')
    expect(to_authenticate).toMatch(/^seti_/)
    await authenticate(to_authenticate ?? '', 'succeed')
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
    })
  })
})

describe('subscription mode', () => {
  it('subscribes a new customer', async () => {
    const session = await create(
      await subscription({ subscription_data: { metadata: { plan: 'pro' } } }),
    )
    await complete(session)
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription', 'customer', 'invoice'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      amount_total: 1_500,
      payment_intent: null,
      customer: { email: 'buyer@example.com' },
      invoice: { status: 'paid', total: 1_500, billing_reason: 'subscription_create' },
      subscription: { status: 'active', metadata: { plan: 'pro' } },
    })
    const types = await typesSince(session)
    expect(new Set(types)).toEqual(
      new Set([
        'customer.created',
        'payment_method.attached',
        'customer.subscription.created',
        'customer.subscription.updated',
        'invoice.created',
        'invoice.finalized',
        'invoice.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
        'invoice_payment.paid',
        'payment_intent.created',
        'charge.succeeded',
        'payment_intent.succeeded',
        'checkout.session.completed',
      ]),
    )
    expect(types.at(-1)).toBe('checkout.session.completed')
  })

  it('sells prices made for it, with others that are paid once', async () => {
    const session = await create({
      mode: 'subscription',
      success_url,
      line_items: [every('year'), { ...notebook, quantity: 1 }],
    })
    expect(session.amount_total).toBe(4_000)
    const { session: done } = await complete(session)
    expect(done).toMatchObject({ status: 'complete', amount_total: 4_000 })
  })

  it('sells one price once', async () => {
    const line = { price: await monthly(), quantity: 1 }
    const params = await subscription({ line_items: [line, line] })
    const refused = await errorOf(stripe.checkout.sessions.create(params))
    expect(refused).toMatchObject({ statusCode: 400, param: 'line_items' })
  })

  it('sells what was for sale when it was made', async () => {
    const price = await monthly()
    const session = await create(
      await subscription({ line_items: [{ price, quantity: 3 }] }),
    )
    await stripe.prices.update(price, { active: false })
    const { session: done } = await complete(session)
    expect(done).toMatchObject({ status: 'complete', amount_total: 4_500 })
  })

  it('is due in part until a billing_cycle_anchor', async () => {
    const billing_cycle_anchor = now() + 15 * 86_400
    const session = await create(
      await subscription({ subscription_data: { billing_cycle_anchor } }),
    )
    // From 2026-01-01 on 15 of the 31 days of the period that ends there.
    expect(session.amount_total).toBe(726)
    await emulator.clock.advance(43_200)
    const { session: done } = await complete(session)
    expect(done).toMatchObject({ status: 'complete', amount_total: 702 })
  })

  it('begins a trial with a saved card, and nothing to pay', async () => {
    const session = await create(
      await subscription({ subscription_data: { trial_period_days: 14 } }),
    )
    expect(session).toMatchObject({ amount_total: 0, payment_status: 'unpaid' })
    await complete(session)
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      subscription: { status: 'trialing' },
    })
    const { default_payment_method } = after.subscription as Stripe.Subscription
    expect(default_payment_method).toMatch(/^pm_/)
    expect(await typesSince(session)).toContain('setup_intent.succeeded')
  })

  it('waits for 3D Secure before a trial too', async () => {
    const session = await create(
      await subscription({ subscription_data: { trial_period_days: 14 } }),
    )
    const { to_authenticate } = await complete(session, '4000002500003155')
    expect(to_authenticate).toMatch(/^seti_/)
    await authenticate(to_authenticate ?? '', 'succeed')
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription'],
    })
    expect(after.subscription).toMatchObject({ status: 'trialing' })
  })

  it('waits for 3D Secure of what is paid once before a trial', async () => {
    const session = await create(
      await subscription({
        line_items: [every('month'), notebook],
        subscription_data: { trial_period_days: 14 },
      }),
    )
    expect(session.amount_total).toBe(4_000)
    const { session: waiting, to_authenticate } = await complete(
      session,
      '4000002500003155',
    )
    expect(waiting.status).toBe('open')
    await authenticate(to_authenticate ?? '', 'succeed')
    const after = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['subscription'],
    })
    expect(after).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      subscription: { status: 'trialing' },
    })
  })

  it('asks for no card before a trial with if_required', async () => {
    const session = await create(
      await subscription({
        payment_method_collection: 'if_required',
        subscription_data: {
          trial_period_days: 7,
          trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
        },
      }),
    )
    const { session: done } = await complete(session, '')
    const { status, default_payment_method } = await stripe.subscriptions.retrieve(
      String(done.subscription),
    )
    expect({ status, default_payment_method }).toEqual({
      status: 'trialing',
      default_payment_method: null,
    })
  })

  it.each(['4000000000000002', '4000000000000341'])(
    'makes no subscription when %s declines',
    async (card) => {
      const session = await create(await subscription())
      const { error } = await complete(session, card)
      expect(error).toMatchObject({ code: 'card_declined' })
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
        status: 'open',
        subscription: null,
      })
      expect(await typesSince(session)).toEqual([
        'customer.created',
        'payment_intent.created',
        'charge.failed',
        'payment_intent.payment_failed',
        'payment_intent.canceled',
      ])
      await complete(session)
      const { customer } = await stripe.checkout.sessions.retrieve(session.id)
      const { data } = await stripe.subscriptions.list({
        customer: String(customer),
        status: 'all',
      })
      expect(data.map(({ status }) => status)).toEqual(['active'])
      const saved = await stripe.customers.listPaymentMethods(String(customer))
      expect(saved.data).toMatchObject([{ card: { last4: '4242' } }])
    },
  )

  it('waits for 3D Secure, and is one subscription when the first try fails', async () => {
    const session = await create(await subscription())
    const first = await complete(session, '4000002500003155')
    await authenticate(first.to_authenticate ?? '', 'fail')
    const second = await complete(session, '4000002760003184')
    await authenticate(second.to_authenticate ?? '', 'succeed')
    const after = await stripe.checkout.sessions.retrieve(session.id)
    expect(after).toMatchObject({ status: 'complete', payment_status: 'paid' })
    const { data } = await stripe.subscriptions.list({
      customer: String(after.customer),
      status: 'all',
    })
    const saved = await stripe.customers.listPaymentMethods(String(after.customer))
    expect(saved.data).toMatchObject([{ card: { last4: '3184' } }])
    const default_payment_method = saved.data[0]?.id
    expect(data).toMatchObject([
      { id: after.subscription, status: 'active', default_payment_method },
    ])
  })
})

describe('expiry', () => {
  it('comes when it is told to, once', async () => {
    const session = await create(payment)
    const expired = await stripe.checkout.sessions.expire(session.id)
    expect(expired).toMatchObject({
      status: 'expired',
      url: null,
      payment_status: 'unpaid',
    })
    expect(await typesSince(session)).toEqual(['checkout.session.expired'])
    const again = await errorOf(stripe.checkout.sessions.expire(session.id))
    expect(again).toMatchObject({ statusCode: 400 })
    expect(await complete(session)).toMatchObject({
      error: { message: 'This Checkout Session has expired.' },
    })
  })

  it('does not come to what is complete', async () => {
    const session = await create(payment)
    await complete(session)
    const refused = await errorOf(stripe.checkout.sessions.expire(session.id))
    expect(refused).toMatchObject({ statusCode: 400 })
  })

  it('comes with time, and ends a payment that waits for its buyer', async () => {
    const expires_at = now() + 3_600
    const waiting = await create({ ...payment, expires_at })
    const { to_authenticate } = await complete(waiting, '4000002500003155')
    const paid = await create({ ...payment, expires_at })
    await complete(paid)
    await emulator.clock.advance(3_590)
    expect(await stripe.checkout.sessions.retrieve(waiting.id)).toMatchObject({
      status: 'open',
    })
    await emulator.clock.advance(11)
    expect(await stripe.checkout.sessions.retrieve(waiting.id)).toMatchObject({
      status: 'expired',
    })
    expect(await stripe.paymentIntents.retrieve(to_authenticate ?? '')).toMatchObject({
      status: 'canceled',
    })
    expect(await stripe.checkout.sessions.retrieve(paid.id)).toMatchObject({
      status: 'complete',
    })
  })

  it('ends a subscription in its trial whose buyer never came back', async () => {
    const session = await create(
      await subscription({
        line_items: [every('month'), notebook],
        subscription_data: { trial_period_days: 14 },
      }),
    )
    await complete(session, '4000002500003155')
    await stripe.checkout.sessions.expire(session.id)
    const [newest] = (await stripe.subscriptions.list({ status: 'all', limit: 1 })).data
    expect(newest?.status).toBe('canceled')
  })

  it('ends a subscription that waits for its buyer', async () => {
    const session = await create(await subscription())
    await complete(session, '4000002500003155')
    await stripe.checkout.sessions.expire(session.id)
    const { data } = await stripe.subscriptions.list({ status: 'incomplete_expired' })
    expect(data).toHaveLength(1)
  })
})

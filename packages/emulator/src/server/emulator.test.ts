import { once } from 'node:events'
import { createServer, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Emulator, startEmulator } from '../index.ts'

let emulator: Emulator
let stripe: Stripe

beforeAll(async () => {
  emulator = await startEmulator({ retryDelaysMs: [5, 5] })
  stripe = clientOf(emulator)
})
afterAll(() => emulator.stop())

function clientOf({ url }: Emulator, apiKey = 'sk_test_emulator'): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(apiKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  })
}

async function control(
  path: string,
  params: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${emulator.url}/_emulator/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  })
  return response.json()
}

/** What the SDK throws, or a failure of the test when it does not. */
async function errorOf(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return promise.then(
    () => expect.fail('it did not throw'),
    (error: unknown) => error as Stripe.errors.StripeError,
  )
}

const payment = { amount: 2_000, currency: 'eur', confirm: true } as const

async function cardByNumber(number: string): Promise<string> {
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
  })
  return id
}

/** The types of the events about a payment intent, oldest first. */
async function eventTypes(intentId: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  return data
    .filter(({ data: { object } }) => {
      const { id, payment_intent } = object as { id?: string; payment_intent?: string }
      return id === intentId || payment_intent === intentId
    })
    .map(({ type }) => type)
    .reverse()
}

describe('the four cards, by number and by alias', () => {
  it.each(['pm_card_visa', '4242424242424242'])('%s succeeds', async (card) => {
    const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
    const intent = await stripe.paymentIntents.create({
      ...payment,
      payment_method: paymentMethod,
      metadata: { user_id: 'u1' },
      expand: ['latest_charge'],
    })
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount: 2_000,
      amount_received: 2_000,
      metadata: { user_id: 'u1' },
      next_action: null,
      last_payment_error: null,
      latest_charge: {
        object: 'charge',
        status: 'succeeded',
        paid: true,
        amount_captured: 2_000,
      },
    })
    expect(await eventTypes(intent.id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
  })

  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline', 'Your card was declined.'],
    ['4000 0000 0000 0002', 'generic_decline', 'Your card was declined.'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['4000000000009995', 'insufficient_funds', 'Your card has insufficient funds.'],
  ])('%s is declined with %s', async (card, declineCode, message) => {
    const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
    const error = await errorOf(
      stripe.paymentIntents.create({ ...payment, payment_method: paymentMethod }),
    )
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: declineCode,
      message,
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
    })
    const { id } = error.payment_intent as Stripe.PaymentIntent
    const intent = await stripe.paymentIntents.retrieve(id)
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      amount_received: 0,
      payment_method: null,
      last_payment_error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: declineCode,
        charge: intent.latest_charge,
      },
    })
    expect(await eventTypes(id)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
  })

  describe.each(['pm_card_authenticationRequiredOnSetup', '4000002500003155'])(
    '%s',
    (card) => {
      async function start(params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
        const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
        return stripe.paymentIntents.create({
          ...payment,
          payment_method: paymentMethod,
          ...params,
        })
      }

      it('asks for 3D Secure, and stays so when it is abandoned', async () => {
        const intent = await start()
        expect(intent).toMatchObject({
          status: 'requires_action',
          amount_received: 0,
          latest_charge: null,
          next_action: { type: 'use_stripe_sdk' },
        })
        expect(await eventTypes(intent.id)).toEqual([
          'payment_intent.created',
          'payment_intent.requires_action',
        ])
      })

      it('succeeds after authentication', async () => {
        const { id } = await start()
        await control('authenticate', { payment_intent: id, outcome: 'succeed' })
        const intent = await stripe.paymentIntents.retrieve(id)
        expect(intent).toMatchObject({
          status: 'succeeded',
          amount_received: 2_000,
          next_action: null,
        })
        expect((await eventTypes(id)).slice(2)).toEqual([
          'charge.succeeded',
          'payment_intent.succeeded',
        ])
      })

      it('needs another payment method after a failed authentication', async () => {
        const { id } = await start()
        await control('authenticate', { payment_intent: id, outcome: 'fail' })
        const intent = await stripe.paymentIntents.retrieve(id)
        expect(intent).toMatchObject({
          status: 'requires_payment_method',
          payment_method: null,
          last_payment_error: { code: 'payment_intent_authentication_failure' },
        })
        expect((await eventTypes(id)).slice(2)).toEqual(['payment_intent.payment_failed'])
        const retried = await stripe.paymentIntents.confirm(id, {
          payment_method: 'pm_card_visa',
        })
        expect(retried.status).toBe('succeeded')
      })

      it('is declined off-session, and passes once it has been set up', async () => {
        const declined = await errorOf(start({ off_session: true }))
        expect(declined).toMatchObject({
          statusCode: 402,
          code: 'authentication_required',
        })

        const customer = await stripe.customers.create()
        const first = await start({
          customer: customer.id,
          setup_future_usage: 'off_session',
        })
        const paymentMethod = first.payment_method as string
        await control('authenticate', { payment_intent: first.id, outcome: 'succeed' })
        const second = await stripe.paymentIntents.create({
          ...payment,
          customer: customer.id,
          payment_method: paymentMethod,
          off_session: true,
        })
        expect(second.status).toBe('succeeded')
      })
    },
  )

  it('refuses a number that it does not know, rather than guess', async () => {
    const error = await errorOf(cardByNumber('4000000000000069'))
    expect(error).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('0069'),
    })
  })

  it('refuses a number with a wrong check digit as Stripe does', async () => {
    const error = await errorOf(cardByNumber('4242424242424241'))
    expect(error).toMatchObject({ statusCode: 402, code: 'incorrect_number' })
  })
})

describe('payment intents', () => {
  it('go from requires_payment_method over requires_confirmation to succeeded', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    expect(intent.status).toBe('requires_payment_method')
    const updated = await stripe.paymentIntents.update(intent.id, {
      amount: 700,
      payment_method: 'pm_card_visa',
      metadata: { a: '1', b: '2' },
    })
    expect(updated).toMatchObject({ status: 'requires_confirmation', amount: 700 })
    const unset = await stripe.paymentIntents.update(intent.id, { metadata: { a: '' } })
    expect(unset.metadata).toEqual({ b: '2' })
    const confirmed = await stripe.paymentIntents.confirm(intent.id)
    expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 700 })
    const again = await errorOf(stripe.paymentIntents.confirm(intent.id))
    expect(again).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    })
  })

  it('are captured by hand, and in part', async () => {
    const intent = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 2_000 })
    const tooMuch = await errorOf(
      stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2_001 }),
    )
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' })
    const captured = await stripe.paymentIntents.capture(intent.id, {
      amount_to_capture: 1_500,
    })
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_received: 1_500,
      amount_capturable: 0,
    })
  })

  it('are canceled once', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    const canceled = await stripe.paymentIntents.cancel(id, {
      cancellation_reason: 'abandoned',
    })
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    })
    expect(await eventTypes(id)).toEqual([
      'payment_intent.created',
      'payment_intent.canceled',
    ])
    const again = await errorOf(stripe.paymentIntents.cancel(id))
    expect(again).toMatchObject({ code: 'payment_intent_unexpected_state' })
  })

  it('refuse what does not exist, and change nothing', async () => {
    const before = await stripe.paymentIntents.list({ limit: 100 })
    const unknownMethod = stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_nobody',
    })
    expect(await errorOf(unknownMethod)).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
      message: "No such PaymentMethod: 'pm_nobody'",
    })
    const missing = await errorOf(stripe.paymentIntents.retrieve('pi_nobody'))
    expect(missing).toMatchObject({
      statusCode: 404,
      message: "No such payment_intent: 'pi_nobody'",
    })
    const after = await stripe.paymentIntents.list({ limit: 100 })
    expect(after.data.length).toBe(before.data.length)
  })

  it('have their parameters validated by stripe-mock', async () => {
    const params = {
      ...payment,
      no_such_parameter: 'x',
    } as Stripe.PaymentIntentCreateParams
    const error = await errorOf(stripe.paymentIntents.create(params))
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' })
    expect(error.message).toContain('additional properties are not allowed')
  })
})

describe('payment intents that change their minds', () => {
  it('are captured by hand when confirm says so', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    expect(confirmed).toMatchObject({ status: 'requires_capture', amount_received: 0 })
  })

  it('are declined where 3D Secure shall be an error', async () => {
    const error = await errorOf(
      stripe.paymentIntents.create({
        ...payment,
        payment_method: 'pm_card_authenticationRequiredOnSetup',
        error_on_requires_action: true,
      }),
    )
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  })

  it('do not change how they were paid', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
    })
    const change = stripe.paymentIntents.update(id, { payment_method: 'pm_card_visa' })
    expect(await errorOf(change)).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    const noted = await stripe.paymentIntents.update(id, { metadata: { a: '1' } })
    expect(noted).toMatchObject({ status: 'succeeded', metadata: { a: '1' } })
  })

  it('keep the card for its customer with setup_future_usage, and otherwise use it up', async () => {
    const customer = (await stripe.customers.create()).id
    const [kept, once] = [
      await cardByNumber('4242424242424242'),
      await cardByNumber('4242424242424242'),
    ]
    await stripe.paymentIntents.create({
      ...payment,
      customer,
      payment_method: kept,
      setup_future_usage: 'off_session',
    })
    expect(await stripe.customers.retrievePaymentMethod(customer, kept)).toMatchObject({
      id: kept,
      customer,
    })
    await stripe.paymentIntents.create({ ...payment, payment_method: once })
    for (const again of [
      stripe.paymentIntents.create({ ...payment, payment_method: once }),
      stripe.paymentMethods.attach(once, { customer }),
    ]) {
      expect((await errorOf(again)).message).toContain('may not be used again')
    }
    expect(
      await errorOf(stripe.customers.retrievePaymentMethod(customer, once)),
    ).toMatchObject({
      statusCode: 404,
    })
  })
})

describe('customers and payment methods', () => {
  it('are kept, changed, listed and deleted', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const created = await stripe.customers.create({
      email,
      name: 'Ada',
      metadata: { user_id: 'u' },
    })
    const updated = await stripe.customers.update(created.id, {
      name: 'Ada L.',
      description: '',
    })
    expect(updated).toMatchObject({ name: 'Ada L.', email, description: null })
    expect((await stripe.customers.list({ email })).data.map(({ id }) => id)).toEqual([
      created.id,
    ])
    const { data } = await stripe.events.list({ type: 'customer.updated', limit: 1 })
    expect(data[0]?.data.previous_attributes).toEqual({ name: 'Ada' })

    await stripe.customers.del(created.id)
    expect(await stripe.customers.retrieve(created.id)).toEqual(
      expect.objectContaining({ id: created.id, deleted: true }),
    )
    expect((await stripe.customers.list({ email })).data).toEqual([])
  })

  it('are listed in pages, newest first', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const ids: string[] = []
    for (let index = 0; index < 5; index++)
      ids.unshift((await stripe.customers.create({ email })).id)
    const first = await stripe.customers.list({ email, limit: 2 })
    expect(first).toMatchObject({ has_more: true, url: '/v1/customers' })
    const all: string[] = []
    for await (const { id } of stripe.customers.list({ email, limit: 2 })) all.push(id)
    expect(all).toEqual(ids)
    const before = await stripe.customers.list({
      email,
      limit: 2,
      ending_before: ids[3] ?? '',
    })
    expect(before.data.map(({ id }) => id)).toEqual([ids[1], ids[2]])
  })

  it('are listed by when they were made', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const { created, id } = await stripe.customers.create({ email, balance: -500 })
    const at = await stripe.customers.list({ email, created })
    expect(at.data).toMatchObject([{ id, balance: -500 }])
    const later = await stripe.customers.list({ email, created: { gt: created } })
    expect(later.data).toEqual([])
  })

  it('attach and detach; a card that declines is declined at once', async () => {
    const customer = await stripe.customers.create()
    const attached = await stripe.paymentMethods.attach('pm_card_visa', {
      customer: customer.id,
    })
    expect(attached.customer).toBe(customer.id)
    const listed = await stripe.customers.listPaymentMethods(customer.id)
    expect(listed.data.map(({ id }) => id)).toEqual([attached.id])
    const withoutCustomer = stripe.paymentIntents.create({
      ...payment,
      payment_method: attached.id,
    })
    expect(await errorOf(withoutCustomer)).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    })
    const detached = await stripe.paymentMethods.detach(attached.id)
    expect(detached.customer).toBeNull()
    const declined = await errorOf(
      stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', {
        customer: customer.id,
      }),
    )
    expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined' })
  })
})

describe('idempotency keys', () => {
  const params = { ...payment, payment_method: 'pm_card_visa' }
  const newKey = () => `test:${crypto.randomUUID()}`

  it('replay the first answer, and say so', async () => {
    const idempotencyKey = newKey()
    const first = await stripe.paymentIntents.create(params, { idempotencyKey })
    const second = await stripe.paymentIntents.create(params, { idempotencyKey })
    expect(second.id).toBe(first.id)
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'idempotency-key': idempotencyKey,
      'original-request': first.lastResponse.requestId,
    })
  })

  it('replay a decline too, whatever has changed since', async () => {
    const idempotencyKey = newKey()
    const declined = { ...payment, payment_method: 'pm_card_visa_chargeDeclined' }
    const first = await errorOf(
      stripe.paymentIntents.create(declined, { idempotencyKey }),
    )
    const second = await errorOf(
      stripe.paymentIntents.create(declined, { idempotencyKey }),
    )
    expect(second.statusCode).toBe(402)
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id)
  })

  it('refuse other parameters and another endpoint', async () => {
    const idempotencyKey = newKey()
    await stripe.paymentIntents.create(params, { idempotencyKey })
    const otherParams = { ...params, amount: 2_001 }
    const parameters = await errorOf(
      stripe.paymentIntents.create(otherParams, { idempotencyKey }),
    )
    expect(parameters).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
    expect(parameters.message).toContain('same parameters they were first used with')
    const endpoint = await errorOf(stripe.customers.create({}, { idempotencyKey }))
    expect(endpoint.message).toContain("('/v1/customers' vs '/v1/payment_intents')")
  })

  it('refuse a second request while the first one runs', async () => {
    const gate = await startGate()
    const gated = await startEmulator({ stripeMockUrl: gate.url })
    const client = clientOf(gated)
    const idempotencyKey = newKey()
    const first = client.paymentIntents.create(params, { idempotencyKey })
    await gate.reached
    const second = await errorOf(client.paymentIntents.create(params, { idempotencyKey }))
    expect(second).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
    gate.open()
    const third = await client.paymentIntents.create(params, {
      idempotencyKey: await first.then(() => idempotencyKey),
    })
    expect(third.id).toBe((await first).id)
    await gated.stop()
    gate.close()
  })

  it('do not keep a refusal that came before execution began', async () => {
    const idempotencyKey = newKey()
    const wrong = {
      ...params,
      no_such_parameter: 'x',
    } as Stripe.PaymentIntentCreateParams
    await errorOf(stripe.paymentIntents.create(wrong, { idempotencyKey }))
    const right = await stripe.paymentIntents.create(params, { idempotencyKey })
    expect(right.status).toBe('succeeded')
  })

  it.each<[string, (idempotencyKey: string, isRight: boolean) => Promise<unknown>]>([
    [
      'an amount of 0',
      (idempotencyKey, isRight) =>
        stripe.paymentIntents.create(
          { ...params, amount: isRight ? 100 : 0 },
          { idempotencyKey },
        ),
    ],
    [
      'a URL that is none',
      (idempotencyKey, isRight) =>
        stripe.webhookEndpoints.create(
          {
            url: isRight ? 'http://127.0.0.1:9' : 'ftp://x',
            enabled_events: ['charge.updated'],
          },
          { idempotencyKey },
        ),
    ],
    [
      'an expansion that is too deep',
      (idempotencyKey, isRight) =>
        stripe.paymentIntents.create(
          { ...params, expand: isRight ? [] : ['a.b.c.d.e'] },
          { idempotencyKey },
        ),
    ],
  ])('do not keep the refusal of %s, which did nothing', async (_, send) => {
    const idempotencyKey = newKey()
    const before = await stripe.paymentIntents.list({ limit: 1 })
    expect(await errorOf(send(idempotencyKey, false))).toMatchObject({ statusCode: 400 })
    const after = await stripe.paymentIntents.list({ limit: 1 })
    expect(after.data[0]?.id).toBe(before.data[0]?.id)
    await send(idempotencyKey, true)
  })

  it('keep a 500', async () => {
    let count = 0
    const stub = await startStub((incoming, response) => {
      incoming.resume()
      if (incoming.url === '/') return void response.end()
      count += 1
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { type: 'api_error', message: `${count}` } }))
    })
    const failing = await startEmulator({ stripeMockUrl: `${stub.url}/` })
    const idempotencyKey = newKey()
    const create = () =>
      errorOf(clientOf(failing).products.create({ name: 'Pro' }, { idempotencyKey }))
    expect(await create()).toMatchObject({ statusCode: 500, message: '1' })
    expect(await create()).toMatchObject({ statusCode: 500, message: '1' })
    await failing.stop()
    stub.close()
  })

  it('tell keys of metadata apart that look like places in a list', async () => {
    const idempotencyKey = newKey()
    const create = (metadata: Stripe.MetadataParam) =>
      stripe.customers.create({ metadata }, { idempotencyKey })
    expect((await create({ '5': 'five' })).metadata).toEqual({ '5': 'five' })
    expect(await errorOf(create({ '6': 'five' }))).toMatchObject({ statusCode: 400 })
    const inherited = { constructor: 'c', toString: 't', hasOwnProperty: 'h' }
    const { metadata } = await stripe.customers.create({ metadata: inherited })
    expect(metadata).toEqual(inherited)
  })

  it('are at most 255 characters long', async () => {
    const idempotencyKey = 'k'.repeat(256)
    const error = await errorOf(stripe.paymentIntents.create(params, { idempotencyKey }))
    expect(error).toMatchObject({ statusCode: 400 })
  })

  it('count for what passes through as well', async () => {
    const idempotencyKey = newKey()
    const first = await stripe.products.create({ name: 'Pro' }, { idempotencyKey })
    const second = await stripe.products.create({ name: 'Pro' }, { idempotencyKey })
    expect(second.id).toBe(first.id)
    const other = await errorOf(
      stripe.products.create({ name: 'Plus' }, { idempotencyKey }),
    )
    expect(other.type).toBe('StripeIdempotencyError')
  })
})

/** Calls itself stripe-mock, and answers what it is told to. */
async function startStub(answer: RequestListener) {
  const server = createServer((request, response) => {
    response.setHeader('stripe-mock-version', 'master')
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

/** Something in front of stripe-mock that lets nothing through until it is opened. */
async function startGate() {
  const { stripeMock: target } = (await (
    await fetch(`${emulator.url}/_emulator`)
  ).json()) as {
    stripeMock: string
  }
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.url === '/') {
      response.writeHead(200, { 'stripe-mock-version': 'master' }).end()
      return
    }
    reach()
    await opened
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        authorization: 'Bearer sk_test_123',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    })
    response.writeHead(answer.status).end(await answer.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, reached, open, close: () => server.close() }
}

describe('API keys', () => {
  it.each([
    ['sk_live_1', 'no live key'],
    ['whsec_1', 'Invalid API Key'],
    ['sk_test_with-a-dash_and_more', 'Invalid API Key'],
  ])('%s is refused', async (key, message) => {
    const error = await errorOf(clientOf(emulator, key).customers.list())
    expect(error).toMatchObject({ statusCode: 401 })
    expect(error.message).toContain(message)
    expect(error.message).not.toContain(key)
  })
})

describe('webhooks', () => {
  interface Received {
    readonly body: string
    readonly signature: string
  }
  let receiver: Server
  let received: Received[]
  let statuses: number[]
  let endpoint: Stripe.WebhookEndpoint

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      received.push({ body, signature: String(request.headers['stripe-signature']) })
      response.writeHead(statuses.shift() ?? 200).end()
      receiver.emit('webhook')
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    endpoint = await stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${port}/hook`,
      enabled_events: ['payment_intent.succeeded'],
    })
  })
  afterAll(() => {
    receiver.close()
  })

  async function pay(): Promise<Stripe.PaymentIntent> {
    received = []
    return stripe.paymentIntents.create({ ...payment, payment_method: 'pm_card_visa' })
  }

  it('carry a signature that the stripe package accepts', async () => {
    statuses = []
    const arrival = once(receiver, 'webhook')
    const { id } = await pay()
    await arrival
    const [webhook] = received as [Received]
    const event = stripe.webhooks.constructEvent(
      webhook.body,
      webhook.signature,
      endpoint.secret ?? '',
    )
    expect(event).toMatchObject({
      type: 'payment_intent.succeeded',
      data: { object: { id } },
    })
    expect(event.request?.idempotency_key).toMatch(/^stripe-node-retry-/)
    expect(await stripe.events.retrieve(event.id)).toMatchObject({
      id: event.id,
      type: event.type,
    })
  })

  it('come again after a non-2xx, with a signature of their own, until one is a 2xx', async () => {
    statuses = [500, 302]
    const thrice = new Promise<void>((resolve) => {
      let count = 0
      receiver.on('webhook', () => {
        count += 1
        if (count === 3) resolve()
      })
    })
    await pay()
    await thrice
    const events = received.map(({ body, signature }) =>
      stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? ''),
    )
    expect(new Set(events.map(({ id }) => id)).size).toBe(1)
  })

  it('wait while they are held, and go when they are released', async () => {
    statuses = []
    await control('deliveries/hold')
    const { id } = await pay()
    expect(received).toEqual([])
    const released = await control('deliveries/release', { object: id })
    expect(received).toHaveLength(1)
    expect(released).toMatchObject({
      deliveries: [
        {
          type: 'payment_intent.succeeded',
          state: 'delivered',
          attempts: [{ status: 200 }],
        },
      ],
    })
    await control('deliveries/unhold')
  })

  it('tell the secret only when the endpoint is made', async () => {
    expect(endpoint.secret).toMatch(/^whsec_\w{32}$/)
    expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty(
      'secret',
    )
  })

  it('stop when their endpoint is disabled or deleted while they are under way', async () => {
    for (const end of [
      (id: string) => stripe.webhookEndpoints.update(id, { disabled: true }),
      (id: string) => stripe.webhookEndpoints.del(id),
    ]) {
      const { id } = await stripe.webhookEndpoints.create({
        url: endpoint.url,
        enabled_events: ['customer.created'],
      })
      await control('deliveries/hold')
      received = []
      const customer = await stripe.customers.create()
      await end(id)
      expect(await control('deliveries/release', { object: customer.id })).toMatchObject({
        deliveries: [{ state: 'given_up', attempts: [] }],
      })
      await control('deliveries/unhold')
      await stripe.customers.create()
      const held = await control('deliveries/release')
      expect([held, received]).toEqual([{ deliveries: [] }, []])
    }
  })

  it('survive an endpoint that does not answer, and end with the emulator', async () => {
    const hung = createServer(() => {}).listen(0, '127.0.0.1')
    await once(hung, 'listening')
    const { port } = hung.address() as AddressInfo
    const own = await startEmulator({ webhookTimeoutMs: 60_000 })
    const client = clientOf(own)
    const url = `http://127.0.0.1:${port}`
    await client.webhookEndpoints.create({ url, enabled_events: ['*'] })
    const arrival = once(hung, 'request')
    await client.customers.create()
    const [message] = await arrival
    const closed = once(message.socket, 'close')
    await own.stop()
    await closed
    hung.close()
  })

  it.each(['http://x:99999/', 'http://[::1', 'http://exa mple', 'http:', 'ftp://x'])(
    'cannot be sent to %s',
    async (url) => {
      const created = stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
      expect(await errorOf(created)).toMatchObject({
        statusCode: 400,
        code: 'url_invalid',
      })
    },
  )
})

describe('what is not modelled', () => {
  it('passes through to stripe-mock unchanged', async () => {
    const product = await stripe.products.retrieve('prod_1')
    expect(product).toMatchObject({ id: 'prod_1', object: 'product' })
    expect(product.lastResponse.headers).toHaveProperty('stripe-mock-version')
  })

  it('is handed on and answered byte for byte, whatever the method and the content', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41])
    const seen: string[] = []
    const stub = await startStub(async (incoming, response) => {
      const body = Buffer.concat(await incoming.toArray())
      seen.push(`${incoming.method} ${incoming.url} ${body.toString('hex')}`)
      response.writeHead(200, { 'content-type': 'application/pdf' }).end(bytes)
    })
    const own = await startEmulator({ stripeMockUrl: stub.url })
    for (const [method, path, body] of [
      ['POST', '/v1/files', bytes],
      ['DELETE', '/v1/products/prod_1?a=b', null],
      ['GET', "/v1/customers/search?query=email~'a'", null],
      ['POST', '/v2/core/events', Buffer.from('{"a":1}')],
    ] as const) {
      const headers = { authorization: 'Bearer sk_test_1' }
      const answer = await fetch(own.url + path, { method, body, headers })
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
      expect(answer.headers.get('content-type')).toBe('application/pdf')
    }
    expect(seen.slice(1)).toEqual([
      'POST /v1/files fffe008041',
      'DELETE /v1/products/prod_1?a=b ',
      'GET /v1/customers/search?query=email~%27a%27 ',
      `POST /v2/core/events ${Buffer.from('{"a":1}').toString('hex')}`,
    ])
    await own.stop()
    stub.close()
  })

  it.each(['customers', 'paymentIntents', 'charges'] as const)(
    'includes the search of %s',
    async (resource) => {
      const found = await stripe[resource].search({ query: "metadata['a']:'b'" })
      expect(found.object).toBe('search_result')
    },
  )

  it('is told apart from what is', async () => {
    const response = await fetch(`${emulator.url}/_emulator/coverage`)
    const { modelled } = (await response.json()) as { modelled: string[] }
    expect(modelled).toContain('POST /v1/payment_intents/{intent}/confirm')
  })
})

describe('what no SDK sends', () => {
  /** The status of a request whose target is sent as it is. */
  async function statusOf(path: string, method = 'GET', body = ''): Promise<number> {
    const { port } = new URL(emulator.url)
    const headers = { authorization: 'Bearer sk_test_1' }
    const outgoing = request({ port, method, path, headers }).end(body)
    const [response] = await once(outgoing, 'response')
    response.resume()
    return response.statusCode
  }

  it.each([
    ['http://evil.test/v1/customers', 'GET'],
    ['//evil.test/v1/customers', 'GET'],
    ['/v1/customers/../payment_intents', 'GET'],
    ['*', 'OPTIONS'],
  ])('%s is refused', async (path, method) => {
    expect(await statusOf(path, method)).toBe(400)
  })

  it('is answered, and the next request works', async () => {
    expect(await statusOf('/v1/customers/%zz')).toBe(400)
    expect(await statusOf('/v1/customers', 'POST', 'a[b=%%%&[]=&__proto__[x]=1')).toBe(
      400,
    )
    expect(await statusOf('/v1/customers', 'POST', 'x'.repeat(11_000_000))).toBe(413)
    expect(await statusOf('/v1/customers')).toBe(200)
  })
})

describe('startEmulator', () => {
  it('leaves nothing running when its port is taken', async () => {
    const children = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
    const before = children()
    const port = Number(new URL(emulator.url).port)
    await expect(startEmulator({ port })).rejects.toThrow(/EADDRINUSE/)
    await vi.waitFor(() => expect(children()).toBe(before))
  })

  it('says so when there is no stripe-mock at the URL that it is given', async () => {
    const stripeMockUrl = 'http://127.0.0.1:9'
    await expect(startEmulator({ stripeMockUrl })).rejects.toThrow(/does not answer/)
  })

  it('listens on IPv6 too, under a URL that can be used', async () => {
    const own = await startEmulator({ host: '::1' })
    expect((await fetch(`${own.url}/_emulator`)).status).toBe(200)
    await own.stop()
  })
})

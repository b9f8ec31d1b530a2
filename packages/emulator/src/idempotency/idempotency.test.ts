import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  clientOf,
  emulator,
  errorOf,
  payment,
  startStub,
  stripe,
} from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

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

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startStripeMock } from '@countersign/stripe-mock'
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  clientOf,
  control,
  emulator,
  errorOf,
  payment,
  startStub,
  stripe,
} from '../emulator.test-setup.ts'
import { type Emulator, startEmulator } from '../index.ts'
import { Timeline } from '../state/timeline.ts'
import { IdempotencyKeys } from './idempotency.ts'

const newKey = () => `test:${crypto.randomUUID()}`

describe('idempotency keys', () => {
  const params = { ...payment, payment_method: 'pm_card_visa' }

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
    await gate.close()
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

  it('mean nothing on a GET and on a DELETE', async () => {
    const idempotencyKey = newKey()
    const { id } = await stripe.customers.create({}, { idempotencyKey })
    for (const read of [1, 2]) {
      const customer = await stripe.customers.retrieve(id, {}, { idempotencyKey })
      expect([read, customer.id]).toEqual([read, id])
      expect(customer.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
    }
    const other = await stripe.customers.create({})
    const deleted = await stripe.customers.del(other.id, {}, { idempotencyKey })
    expect(deleted.deleted).toBe(true)
  })

  it('of one account mean nothing to another', async () => {
    const idempotencyKey = newKey()
    const own = await stripe.customers.create({}, { idempotencyKey })
    const stripeAccount = 'acct_1Other'
    const theirs = await stripe.customers.create({}, { idempotencyKey, stripeAccount })
    expect(theirs.id).not.toBe(own.id)
    const again = await stripe.customers.create({}, { idempotencyKey, stripeAccount })
    expect(again.id).toBe(theirs.id)
  })

  it('do not mind in which order the parameters come', async () => {
    const idempotencyKey = newKey()
    const metadata = { a: '1', b: '2' }
    const first = await stripe.customers.create(
      { email: 'a@example.com', metadata },
      { idempotencyKey },
    )
    const second = await stripe.customers.create(
      { metadata: { b: '2', a: '1' }, email: 'a@example.com' },
      { idempotencyKey },
    )
    expect(second.id).toBe(first.id)
    const other = { metadata: { a: '1', b: '1' }, email: 'a@example.com' }
    expect(
      await errorOf(stripe.customers.create(other, { idempotencyKey })),
    ).toMatchObject({ type: 'StripeIdempotencyError' })
  })

  it('come back with every answer, and so does what a retry is worth', async () => {
    const idempotencyKey = newKey()
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey })
    expect(lastResponse.headers).toMatchObject({
      'idempotency-key': idempotencyKey,
      'original-request': lastResponse.requestId,
      'request-id': lastResponse.requestId,
      'stripe-should-retry': 'false',
      'stripe-version': stripe.getApiField('version'),
    })
    const replay = await stripe.customers.create({}, { idempotencyKey })
    expect(replay.lastResponse.headers).toMatchObject({
      'original-request': lastResponse.requestId,
      'stripe-should-retry': 'false',
    })
    expect(replay.lastResponse.requestId).not.toBe(lastResponse.requestId)
  })

  it('replay a 400 of a request that had begun', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 100, currency: 'eur' })
    await stripe.paymentIntents.cancel(intent.id)
    const idempotencyKey = newKey()
    const first = await errorOf(
      stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey }),
    )
    const second = await errorOf(
      stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey }),
    )
    expect(second).toMatchObject({ statusCode: 400, message: first.message })
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    expect(second.headers).toHaveProperty('idempotent-replayed', 'true')
  })

  it.each([
    ['server_error', 500, true],
    ['rate_limit', 429, false],
    ['lock_timeout', undefined, false],
  ] as const)(
    'of a request that met a %s: %s, kept: %s',
    async (kind, status, isKept) => {
      const idempotencyKey = newKey()
      const create = () => stripe.customers.create({}, { idempotencyKey })
      await control('faults', { kind, path: '/v1/customers', method: 'POST' })
      const first = await errorOf(create())
      if (status !== undefined) expect(first.statusCode).toBe(status)
      if (!isKept) {
        expect((await create()).object).toBe('customer')
        return
      }
      const second = await errorOf(create())
      expect(second).toMatchObject({ statusCode: status, message: first.message })
      expect(second.headers).toHaveProperty('idempotent-replayed', 'true')
    },
  )

  it('replay the answer that was lost after the work was done', async () => {
    const idempotencyKey = newKey()
    const create = () =>
      stripe.customers.create({ name: idempotencyKey }, { idempotencyKey })
    await control('faults', {
      kind: 'answer_lost',
      path: '/v1/customers',
      method: 'POST',
    })
    // Even with no retries, the SDK asks once more when a connection was closed on it.
    const customer = await create()
    const { data } = await stripe.customers.list({ limit: 100 })
    expect(data.filter(({ name }) => name === idempotencyKey)).toHaveLength(1)
    expect(customer.lastResponse.headers).toHaveProperty('idempotent-replayed', 'true')
  })

  it('do not keep a 401', async () => {
    const idempotencyKey = newKey()
    const live = clientOf(emulator, 'sk_live_1')
    expect(await errorOf(live.customers.create({}, { idempotencyKey }))).toMatchObject({
      statusCode: 401,
    })
    expect((await stripe.customers.create({}, { idempotencyKey })).object).toBe(
      'customer',
    )
  })

  it('are forgotten after 24 hours of the emulator’s clock', async () => {
    const own = await startEmulator({ seed: 1 })
    const client = clientOf(own)
    const idempotencyKey = newKey()
    const create = () => client.customers.create({}, { idempotencyKey })
    const first = await create()
    await own.clock.advance(24 * 60 * 60 - 1)
    expect((await create()).id).toBe(first.id)
    await own.clock.advance(1)
    const later = await create()
    expect(later.id).not.toBe(first.id)
    expect(later.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
    // Then also for other parameters.
    await own.clock.advance(24 * 60 * 60)
    const other = await client.customers.create({ name: 'x' }, { idempotencyKey })
    expect(other.name).toBe('x')
    await own.stop()
  })

  it('are at most 255 characters long', async () => {
    const create = (length: number) =>
      stripe.customers.create({}, { idempotencyKey: 'k'.repeat(length) })
    expect((await create(255)).object).toBe('customer')
    expect(await errorOf(create(256))).toMatchObject({ statusCode: 400 })
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

// stripe-mock knows no v2: what stands in for it here answers as it is told.
describe('idempotency keys of v2', () => {
  const answers: number[] = []
  let count = 0
  let stub: Awaited<ReturnType<typeof startStub>>
  let own: Emulator
  beforeAll(async () => {
    stub = await startStub((incoming, response) => {
      incoming.resume()
      if (incoming.url === '/') return void response.end()
      count += 1
      response.writeHead(answers.shift() ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ count }))
    })
    own = await startEmulator({ stripeMockUrl: stub.url, seed: 1 })
  })
  afterAll(async () => {
    await own.stop()
    stub.close()
  })
  async function send(method: string, key?: string, path = '/v2/core/accounts') {
    const response = await fetch(own.url + path, {
      method,
      headers: {
        authorization: 'Bearer sk_test_1',
        'content-type': 'application/x-www-form-urlencoded',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    })
    const { count: number } = (await response.json()) as { count?: number }
    const { status, headers } = response
    return { status, number, key: headers.get('idempotency-key') }
  }

  it('execute again what failed, and replay what succeeded', async () => {
    answers.push(400, 500, 402, 200)
    const key = newKey()
    const statuses: number[] = []
    for (let attempt = 0; attempt < 4; attempt++)
      statuses.push((await send('POST', key)).status)
    expect(statuses).toEqual([400, 500, 402, 200])
    const { number } = await send('POST', key)
    expect(number).toBe(count)
    expect((await send('POST', key)).number).toBe(number)
  })

  it('count for a DELETE, and are made when there is none', async () => {
    const key = newKey()
    const first = await send('DELETE', key)
    expect((await send('DELETE', key)).number).toBe(first.number)
    expect((await send('POST', key)).status).toBe(400)
    const made = await send('POST')
    expect(made.key).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    expect((await send('POST')).key).not.toBe(made.key)
    expect((await send('POST', made.key ?? '')).number).toBe(made.number)
    expect((await send('GET')).key).toBeNull()
  })

  it('are kept for 30 days, and apart from those of v1', async () => {
    const key = newKey()
    const first = await send('POST', key)
    const v1 = await send('POST', key, '/v1/customers')
    expect(v1.status).toBe(200)
    await own.clock.advance(30 * 24 * 60 * 60 - 1)
    expect((await send('POST', key)).number).toBe(first.number)
    await own.clock.advance(1)
    expect((await send('POST', key)).number).not.toBe(first.number)
  })
})

describe('the memory of idempotency keys', () => {
  it('is bounded', () => {
    const timeline = new Timeline({ startAt: 0, isRunning: false, onError: () => {} })
    const keys = new IdempotencyKeys(timeline)
    const admit = (number: number) =>
      keys.admit({
        scope: 'acct_1',
        key: `${number}`,
        method: 'POST',
        path: '/v1/customers',
        params: {},
        isV2: false,
      })
    const running = admit(-1)
    for (let number = 0; number < 20_100; number++) {
      const admission = admit(number)
      if (admission.kind === 'execute')
        admission.finish({ status: 200, headers: {}, body: '' }, true)
    }
    expect(admit(20_099).kind).toBe('replay')
    expect(admit(0).kind).toBe('execute')
    // Not one whose request runs.
    expect(() => admit(-1)).toThrow(/in-progress/)
    expect(running.kind).toBe('execute')
  })
})

/** Something in front of stripe-mock that lets nothing through until it is opened. */
async function startGate() {
  const stripeMock = await startStripeMock()
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
    const answer = await fetch(`${stripeMock.url}${request.url}`, {
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
  const close = async () => {
    server.close()
    await stripeMock.stop()
  }
  return { url: `http://127.0.0.1:${port}`, reached, open, close }
}

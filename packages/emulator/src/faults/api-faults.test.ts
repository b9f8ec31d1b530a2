import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientOf, control, emulator, errorOf, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

afterEach(() => emulator.reset())

const idempotencyKey = 'one-order'

async function customers(): Promise<number> {
  return (await stripe.customers.list({ limit: 100 })).data.length
}

describe('requests on demand', () => {
  it('meet a rate limit, which no key keeps', async () => {
    await control('faults', { kind: 'rate_limit', path: '/v1/customers' })
    const limited = await errorOf(stripe.customers.create({}, { idempotencyKey }))
    expect(limited).toMatchObject({
      type: 'StripeRateLimitError',
      statusCode: 429,
      code: 'rate_limit',
    })
    expect(await customers()).toBe(0)
    const { id } = await stripe.customers.create({}, { idempotencyKey })
    expect(id).toMatch(/^cus_/)
  })

  it.each([
    [undefined, 429],
    ['409', 409],
  ])('meet a lock (%s), which no key keeps', async (status, expected) => {
    await control('faults', {
      kind: 'lock_timeout',
      operation: 'POST /v1/customers/{customer}',
      ...(status !== undefined && { status }),
    })
    const { id } = await stripe.customers.create({ name: 'before' })
    const update = () =>
      stripe.customers.update(id, { name: 'after' }, { idempotencyKey })
    expect(await errorOf(update())).toMatchObject({
      statusCode: expected,
      code: 'lock_timeout',
    })
    expect(await stripe.customers.retrieve(id)).toMatchObject({ name: 'before' })
    expect(await update()).toMatchObject({ name: 'after' })
  })

  it('fail with a 500, which the key keeps', async () => {
    await control('faults', { kind: 'server_error', method: 'POST' })
    const create = () => stripe.customers.create({}, { idempotencyKey })
    expect(await errorOf(create())).toMatchObject({
      type: 'StripeAPIError',
      statusCode: 500,
    })
    const again = await errorOf(create())
    expect(again).toMatchObject({ statusCode: 500 })
    expect(again.headers?.['idempotent-replayed']).toBe('true')
    expect(await customers()).toBe(0)
    expect(await stripe.customers.create()).toMatchObject({ object: 'customer' })
  })

  it('break off before anything is done', async () => {
    await control('faults', { kind: 'reset', path: '/v1/cust*', count: '2' })
    const broken = await errorOf(stripe.customers.create({}, { idempotencyKey }))
    expect(broken).toMatchObject({ type: 'StripeConnectionError' })
    expect(await customers()).toBe(0)
    await stripe.customers.create({}, { idempotencyKey })
    expect(await customers()).toBe(1)
  })

  it('are done and their answer is lost: a retry with the same key gets it', async () => {
    await control('faults', {
      kind: 'answer_lost',
      operation: 'POST /v1/customers',
      count: '2',
    })
    const broken = await errorOf(
      stripe.customers.create({ name: 'a' }, { idempotencyKey }),
    )
    expect(broken).toMatchObject({ type: 'StripeConnectionError' })
    const { data } = await stripe.customers.list()
    expect(data).toMatchObject([{ name: 'a' }])
    const retry = await stripe.customers.create({ name: 'a' }, { idempotencyKey })
    expect(retry.id).toBe(data[0]?.id)
    expect(retry.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(await customers()).toBe(1)
  })

  it('go wrong only with these parameters', async () => {
    await control('faults', { kind: 'rate_limit', 'params[name]': 'a' })
    expect(await stripe.customers.create({ name: 'b' })).toMatchObject({ name: 'b' })
    const limited = await errorOf(stripe.customers.create({ name: 'a' }))
    expect(limited).toMatchObject({ statusCode: 429 })
  })

  it('go on as ever once the faults are cleared', async () => {
    await control('faults', { kind: 'server_error', count: '100' })
    await control('faults/random', { rate: '1', side: 'api' })
    await control('faults/clear')
    expect(await stripe.customers.create()).toMatchObject({ object: 'customer' })
  })

  it.each([
    [{ kind: 'reset', operation: 'customers' }, 'operation'],
    [{ kind: 'reset', path: 'v1' }, 'path'],
    [{ kind: 'reset', method: 'PUT' }, 'method'],
    [{ kind: 'reset', status: '409' }, 'status'],
    [{ kind: 'lock_timeout', status: '500' }, 'status'],
    [{ kind: 'reset', type: 'invoice.paid' }, 'type'],
  ])('cannot go wrong as in %o', async (params, param) => {
    expect(await control('faults', params as Record<string, string>)).toMatchObject({
      error: { type: 'invalid_request_error', param },
    })
  })

  it.each(['-0.1', '1.1', 'often', ''])(
    'cannot go wrong at a rate of %j',
    async (rate) => {
      expect(await control('faults/random', { rate })).toMatchObject({
        error: { param: 'rate' },
      })
    },
  )
})

describe('requests by chance', () => {
  it('go wrong in the same way with the same seed, and work is done once', async () => {
    async function run(): Promise<readonly [readonly unknown[], number]> {
      const own = await startEmulator({ seed: 'chance', faultRate: 0.5 })
      onTestFinished(() => own.stop())
      const create = (key: number) =>
        fetch(`${own.url}/v1/customers`, {
          method: 'POST',
          headers: {
            authorization: 'Bearer sk_test_1',
            'idempotency-key': `order-${key}`,
          },
          body: new URLSearchParams(),
        }).then(
          ({ status }) => status,
          () => 'broken',
        )
      const outcomes: unknown[] = []
      for (let key = 0; key < 30; key++) {
        for (let tries = 0; tries < 3; tries++) outcomes.push(await create(key))
      }
      await fetch(`${own.url}/_emulator/faults/clear`, { method: 'POST' })
      const { data } = await clientOf(own).customers.list({ limit: 100 })
      return [outcomes, data.length]
    }
    const [outcomes, made] = await run()
    expect(await run()).toEqual([outcomes, made])
    expect(new Set(outcomes)).toEqual(new Set([200, 429, 500, 'broken']))
    expect(made).toBeLessThanOrEqual(30)
  })
})

import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientOf, emulator, errorOf, startStub, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'
import type { Coverage } from '../validation/coverage.ts'

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

describe('what is not modelled', () => {
  it('passes through to stripe-mock unchanged', async () => {
    const coupon = await stripe.coupons.retrieve('half')
    expect(coupon).toMatchObject({ id: 'half', object: 'coupon' })
    expect(coupon.lastResponse.headers).toHaveProperty('stripe-mock-version')
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
      ['DELETE', '/v1/coupons/half', null],
      ['GET', "/v1/coupons?starting_after='a'", null],
      ['POST', '/v2/core/events', Buffer.from('{"a":1}')],
    ] as const) {
      const headers = { authorization: 'Bearer sk_test_1' }
      const answer = await fetch(own.url + path, { method, body, headers })
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
      expect(answer.headers.get('content-type')).toBe('application/pdf')
    }
    expect(seen.slice(1)).toEqual([
      'POST /v1/files fffe008041',
      'DELETE /v1/coupons/half ',
      'GET /v1/coupons?starting_after=%27a%27 ',
      `POST /v2/core/events ${Buffer.from('{"a":1}').toString('hex')}`,
    ])
    await own.stop()
    stub.close()
  })

  it('is told apart from what is', async () => {
    const response = await fetch(`${emulator.url}/_emulator/coverage`)
    const { operations } = (await response.json()) as Coverage
    const coverageOf = (operation: string) =>
      operations.find((one) => one.operation === operation)?.coverage
    expect(coverageOf('GET /v1/charges/{charge}')).not.toBe('passed_through')
    expect(coverageOf('POST /v1/payouts')).toBe('passed_through')
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
    ['/v1//customers', 'GET'],
    ['/v1/customers/%', 'GET'],
    ['/v1/customers/%ff', 'GET'],
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

describe('the log', () => {
  it('remembers parameters, but not those that would fill the memory', async () => {
    const paramsOf = async (name: string) => {
      await stripe.customers.create({ name }).catch(() => undefined)
      const response = await fetch(`${emulator.url}/_emulator/requests`)
      const { requests } = (await response.json()) as { requests: { params: object }[] }
      return requests.at(-1)?.params
    }
    expect(await paramsOf('Ada')).toEqual({ name: 'Ada' })
    expect(await paramsOf('a'.repeat(40_000))).toEqual({})
  })
})

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AnyNotification, StripeEvent } from '../index.ts'
import { type Context, notificationOf, setUp } from '../webhooks/receive.test-setup.ts'

const thin = notificationOf({ context: 'acct_1' })

interface Asked {
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
}

// stripe-mock knows no path of API v2, so this stands where Stripe would.
const asked: Asked[] = []
const server = createServer(({ url, headers }, response) => {
  asked.push({ url, headers })
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ id: url?.split('/').at(-1), status: 'active' }))
})
let stripe: Stripe

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  stripe = new Stripe('sk_test_1', { host: '127.0.0.1', port, protocol: 'http' })
})
afterAll(() => server.close())

describe('a thin notification', () => {
  it('runs the handler of its type once, and can fetch what it is about', async () => {
    asked.length = 0
    const statuses: string[] = []
    const contexts: Context[] = []
    const { receive } = setUp({
      // The mirror would fetch too.
      sync: 'off',
      stripe,
      on: {
        'v1.customer.subscription.active': async (notification, context) => {
          contexts.push(context)
          const subscription = await notification.fetchRelatedObject()
          const event = await notification.fetchEvent()
          await context.transaction(() => {
            if (context.effect('active')) statuses.push(subscription.status, event.id)
          })
        },
      },
    })
    expect(await receive(thin)).toMatchObject({ status: 200, outcome: 'processed' })
    expect(await receive(thin)).toMatchObject({ status: 200, outcome: 'duplicate' })
    expect(statuses).toEqual(['active', 'evt_test_1'])
    expect(contexts).toMatchObject([{ account: 'acct_1', livemode: false, attempt: 1 }])
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/subscriptions/sub_1',
      '/v2/core/events/evt_test_1',
    ])
    for (const { headers } of asked) {
      expect(headers).toMatchObject({
        'stripe-context': 'acct_1',
        'stripe-request-trigger': 'event=evt_test_1',
      })
    }
  })

  it('is retried when its handler fails, as an event is', async () => {
    const fail = vi.fn().mockRejectedValueOnce(new Error('boom'))
    const { receive } = setUp({ on: { 'v1.customer.subscription.active': fail } })
    expect(await receive(thin)).toMatchObject({ status: 500 })
    expect(await receive(thin)).toMatchObject({ outcome: 'processed' })
    expect(fail).toHaveBeenCalledTimes(2)
  })

  it('reaches onNotification, and an event reaches onEvent, but not the other way', async () => {
    const events: StripeEvent[] = []
    const notifications: AnyNotification[] = []
    const { receive } = setUp({
      onEvent: (event) => void events.push(event),
      onNotification: (notification) => void notifications.push(notification),
    })
    await receive({ ...thin, type: 'v2.never.heard.of' })
    await receive()
    expect(notifications).toMatchObject([{ type: 'v2.never.heard.of' }])
    expect(events).toMatchObject([{ type: 'invoice.paid' }])
  })

  it('is ignored when nobody handles its type, and of the other mode when it is', async () => {
    const { receive } = setUp({ onEvent: () => {} })
    expect(await receive(thin)).toMatchObject({ status: 200, outcome: 'ignored' })
    expect(await receive({ ...thin, livemode: true })).toMatchObject({
      status: 200,
      outcome: 'other_mode',
    })
  })

  it.each<[string, object, { stripe?: Stripe }, unknown]>([
    ['is about no object', { related_object: null }, {}, null],
    [
      'has no client to fetch with',
      {},
      {},
      expect.stringContaining('stripe: new Stripe(key)'),
    ],
    ...[
      '@evil.example/v1/x',
      '//evil.example/v1/x',
      'https://evil.example/v1/x',
      '/x/v1/',
    ].map((url): [string, object, { stripe?: Stripe }, unknown] => [
      `leads to ${url}`,
      { related_object: { id: 'x', type: 'x', url } },
      { stripe: new Stripe('sk_test_1') },
      expect.stringContaining("no path of Stripe's API"),
    ]),
  ])('that %s fetches nothing', async (_, change, options, result) => {
    asked.length = 0
    const results: unknown[] = []
    const { receive } = setUp({
      // The mirror would fetch too.
      sync: 'off',
      ...options,
      onNotification: async (notification) => {
        results.push(
          await notification
            .fetchRelatedObject()
            .catch((error: unknown) => (error as Error).message),
        )
      },
    })
    await receive({ ...thin, ...change })
    expect(results).toEqual([result])
    expect(asked).toEqual([])
  })
})

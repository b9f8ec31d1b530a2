import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { webhook } from './index.ts'

let server: Server | undefined
afterEach(() => server?.close())

async function start(app: Koa): Promise<string> {
  server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const billing = {
  webhooks: {
    receive: async () => ({ status: 201, headers: { 'x-a': 'b' }, body: 'done' }),
  },
}

describe('webhook', () => {
  it('answers its path, and passes every other on', async () => {
    const app = new Koa()
    app.use(webhook(billing, { path: '/webhooks/stripe' }))
    app.use((context) => {
      context.body = 'next'
    })
    const url = await start(app)
    const answer = await fetch(`${url}/webhooks/stripe`, { method: 'POST' })
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([
      201,
      'b',
      'done',
    ])
    expect(await (await fetch(`${url}/other`)).text()).toBe('next')
  })

  it('passes on a request whose target is no URL, for which Koa has no path', async () => {
    const app = new Koa()
    app.use(webhook(billing, { path: '/webhooks/stripe' }))
    app.on('error', () => {})
    const { port } = new URL(await start(app))
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('POST https://[::1 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n')
    const [answer] = await once(socket.setEncoding('utf8'), 'data')
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('refuses a path that no request has', () => {
    expect(() => webhook(billing, { path: 'webhooks' })).toThrow(/begins with a slash/)
  })

  it('answers whatever reaches it without a path', async () => {
    const app = new Koa()
    app.use(webhook(billing))
    expect((await fetch(`${await start(app)}/anything`, { method: 'POST' })).status).toBe(
      201,
    )
  })

  it('answers through Koa, so that middleware around it sees and may add to the answer', async () => {
    const app = new Koa()
    const seen: unknown[] = []
    app.use(async (context, next) => {
      await next()
      seen.push(context.status, context.body)
      context.set('X-Response-Time', '1ms')
    })
    app.use(webhook(billing))
    const answer = await fetch(await start(app), { method: 'POST' })
    expect(answer.headers.get('x-response-time')).toBe('1ms')
    expect(seen).toEqual([201, 'done'])
  })

  it('closes a connection on which a body was left, and its sender gets to read why', async () => {
    const app = new Koa()
    // Koa prints that the sender then closed the connection as well.
    app.silent = true
    app.use(
      webhook({
        webhooks: {
          receive: async () => ({ status: 413, headers: {}, body: 'large', close: true }),
        },
      }),
    )
    const url = await start(app)
    const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(5_000_000) })
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close'])
    expect(await answer.text()).toBe('large')
  })

  it('hands what it cannot answer to app.on("error")', async () => {
    const app = new Koa()
    const errors: unknown[] = []
    app.on('error', (error) => errors.push(error))
    app.use(
      webhook(() => {
        throw new Error('STRIPE_WEBHOOK_SECRET is not set')
      }),
    )
    expect((await fetch(await start(app), { method: 'POST' })).status).toBe(500)
    expect(errors).toMatchObject([{ message: 'STRIPE_WEBHOOK_SECRET is not set' }])
  })
})

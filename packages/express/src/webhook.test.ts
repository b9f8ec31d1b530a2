import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { webhook } from './index.ts'

let server: Server | undefined
afterEach(() => server?.close())

describe('webhook', () => {
  it('hands what it cannot answer to the error handler, and works once the billing can be made', async () => {
    const errors: unknown[] = []
    let isConfigured = false
    const app = express()
    const handler = webhook(() => {
      if (!isConfigured) throw new Error('STRIPE_WEBHOOK_SECRET is not set')
      return {
        webhooks: { receive: async () => ({ status: 201, headers: {}, body: 'done' }) },
      }
    })
    app.post('/webhooks/stripe', handler)
    const onError: ErrorRequestHandler = (error, _request, response, _next) => {
      errors.push(error)
      response.status(500).end()
    }
    app.use(onError)
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`

    expect((await fetch(url, { method: 'POST' })).status).toBe(500)
    expect(errors).toMatchObject([{ message: 'STRIPE_WEBHOOK_SECRET is not set' }])
    isConfigured = true
    expect((await fetch(url, { method: 'POST' })).status).toBe(201)
  })

  it('has a name in stack traces', () => {
    expect(webhook(() => expect.fail('unused')).name).toBe('stripeWebhook')
  })
})

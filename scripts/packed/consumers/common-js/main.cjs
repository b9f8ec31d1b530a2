const { createBilling, isBillingError, memoryStore } = require('@countersign/core')
const { fetchWebhook } = require('@countersign/core/fetch')
const { webhook } = require('@countersign/express')
const koa = require('@countersign/koa')
const next = require('@countersign/next')
const remix = require('@countersign/remix')
const express = require('express')
const Stripe = require('stripe')

const secret = 'whsec_Y29tbW9uanM='
const paid = []
const billing = createBilling({
  mode: 'test',
  webhookSecrets: [secret],
  store: memoryStore(),
  on: { 'invoice.paid': (event) => void paid.push(event.data.object.id) },
})

const server = express()
  .post('/webhooks/stripe', webhook(billing))
  .listen(0, '127.0.0.1', async () => {
    const payload = JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type: 'invoice.paid',
      api_version: '2026-10-29',
      livemode: false,
      created: Math.floor(Date.now() / 1000),
      data: { object: { id: 'in_1', object: 'invoice' } },
    })
    const stripe = new Stripe('sk_test_unused')
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
    const url = `http://127.0.0.1:${server.address().port}/webhooks/stripe`
    const statuses = []
    for (const body of [payload, payload, payload.replace('in_1', 'in_2')]) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'stripe-signature': signature },
        body,
      })
      statuses.push(response.status)
    }
    server.close()
    const functions = [
      fetchWebhook,
      koa.webhook,
      next.webhook,
      remix.webhook,
      isBillingError,
    ]
    console.log(
      JSON.stringify({ statuses, paid, functions: functions.map((f) => typeof f) }),
    )
  })

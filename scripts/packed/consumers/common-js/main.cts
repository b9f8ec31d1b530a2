import { createServer } from 'node:http'
import { createBilling, memoryStore } from '@countersign/core'
import { sendReply, toInbound } from '@countersign/node'

import Stripe = require('stripe')

const secret = 'whsec_Y29tbW9uanM='
const paid: (string | undefined)[] = []
const stripe = new Stripe('sk_test_unused')
const billing = createBilling({
  mode: 'test',
  webhookSecrets: [secret],
  stripe,
  sync: 'off',
  store: memoryStore(),
  on: { 'invoice.paid': (event) => void paid.push(event.data.object.id) },
})

const server = createServer((request, response) => {
  billing.webhooks
    .receive(toInbound(request))
    .then((reply) => sendReply(request, response, reply))
})

server.listen(0, '127.0.0.1', async () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'invoice.paid',
    api_version: '2026-10-29',
    livemode: false,
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: 'in_1', object: 'invoice' } },
  })
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
  const response = await fetch(`http://127.0.0.1:${address.port}`, {
    method: 'POST',
    headers: { 'stripe-signature': signature },
    body: payload,
  })
  server.close()
  console.log(JSON.stringify({ statuses: [response.status], paid }))
})

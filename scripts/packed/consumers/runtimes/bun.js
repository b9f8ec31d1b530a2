import { createReceiver } from './receiver.js'

const { CONFORMANCE_TOKEN, PORT, STRIPE_WEBHOOK_SECRETS } = Bun.env

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(PORT),
  fetch: createReceiver({
    token: CONFORMANCE_TOKEN,
    webhookSecrets: STRIPE_WEBHOOK_SECRETS.split(','),
  }),
})

import { createReceiver } from './receiver.js'

// Each by its name, since no other may be read.
const token = Deno.env.get('CONFORMANCE_TOKEN')
const port = Deno.env.get('PORT')
const secrets = Deno.env.get('STRIPE_WEBHOOK_SECRETS')

Deno.serve(
  { hostname: '127.0.0.1', port: Number(port) },
  createReceiver({ token, webhookSecrets: secrets.split(',') }),
)

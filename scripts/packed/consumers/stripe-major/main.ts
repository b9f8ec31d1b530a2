import {
  createBilling,
  defineHandlers,
  isBillingError,
  type MemoryTransaction,
  memoryStore,
} from '@countersign/core'
import { fetchWebhook } from '@countersign/core/fetch'
import Stripe from 'stripe'

const secret = 'whsec_c3RyaXBlIG1ham9ycw=='
const seen: string[] = []
const warnings: string[] = []
const silent = () => {}

const stripe = new Stripe('sk_test_unused')
// Declared from 22 on, there in every major.
const apiVersion = (
  stripe as unknown as { getApiField: (name: 'version') => string }
).getApiField('version')
const billing = createBilling({
  mode: 'test',
  webhookSecrets: [secret],
  stripe,
  store: memoryStore(),
  logger: {
    debug: silent,
    info: silent,
    warn: (line: string) => void warnings.push(line),
    error: silent,
  },
  on: [
    defineHandlers('subscriptions', {
      'customer.subscription.updated': (event) => {
        const subscription: Stripe.Subscription = event.data.object
        seen.push(subscription.status)
      },
    }),
    defineHandlers<MemoryTransaction>('grants', {
      'invoice.paid': async (event, context) => {
        const invoice: Stripe.Invoice = event.data.object
        // @ts-expect-error: an invoice has no such property in any release
        void invoice.no_such_property
        await context.transaction(() => {
          if (context.effect(`invoice ${invoice.id}`)) seen.push(String(invoice.id))
        })
      },
      // @ts-expect-error: no release of Stripe sends this
      'invoice.payed': silent,
    }),
  ],
  onEvent: (event) => void seen.push(event.type),
})

const receive = fetchWebhook(billing, { advice: '' })

async function deliver(id: string, type: string, object: object): Promise<number> {
  const payload = JSON.stringify({
    id,
    object: 'event',
    type,
    api_version: apiVersion,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object },
  })
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
  const response = await receive(
    new Request('http://localhost/webhooks/stripe', {
      method: 'POST',
      headers: { 'stripe-signature': signature },
      body: payload,
    }),
  )
  return response.status
}

function mismatch(): unknown {
  try {
    createBilling({
      mode: 'test',
      webhookSecrets: [secret],
      stripe: new Stripe('sk_live_unused'),
      store: memoryStore(),
    })
    return 'accepted'
  } catch (error) {
    return isBillingError(error) ? error.code : error
  }
}

const statuses = [
  await deliver('evt_1', 'customer.subscription.updated', {
    id: 'sub_1',
    object: 'subscription',
    status: 'past_due',
  }),
  await deliver('evt_2', 'invoice.paid', { id: 'in_1', object: 'invoice' }),
  await deliver('evt_2', 'invoice.paid', { id: 'in_1', object: 'invoice' }),
]
const versionWarnings = warnings.filter((line) => line.includes('version'))
console.log(JSON.stringify({ statuses, seen, versionWarnings, mismatch: mismatch() }))

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
  sync: 'off',
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
    defineHandlers('meters', {
      // A type of every major that has types for notifications, which is from 19 on.
      'v1.billing.meter.error_report_triggered': async (notification) => {
        const fetching: Promise<unknown> = notification.fetchRelatedObject()
        const context: string | null | undefined = notification.context
        seen.push(`${notification.id} of ${context}`)
        await fetching.catch(() => {})
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

function deliver(id: string, type: string, object: object): Promise<number> {
  return post({
    id,
    object: 'event',
    type,
    api_version: apiVersion,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object },
  })
}

async function post(event: object): Promise<number> {
  const payload = JSON.stringify(event)
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
  await post({
    id: 'evt_3',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    livemode: false,
    created: new Date().toISOString(),
    context: 'acct_1',
    related_object: null,
  }),
]
const versionWarnings = warnings.filter((line) => line.includes('version'))
console.log(JSON.stringify({ statuses, seen, versionWarnings, mismatch: mismatch() }))

import type Stripe from 'stripe'
import { type Check, check } from '../src/catalogue/check.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { delivered } from './card-run.ts'
import { expectStatusOf } from './subscription-history.ts'

const CREATED = 'customer.subscription.created'
const UPDATED = 'customer.subscription.updated'
const DELETED = 'customer.subscription.deleted'

/** A subscription at the emulator, whose webhooks overtake each other and come twice. */
export const disturbedOrder: readonly Check[] = [
  check({
    id: 'webhook.dispatch.disturbed-order',
    requirement: 'WH-ORDER-02',
    title:
      'A subscription whose webhooks overtake each other and come twice ends as it is at Stripe',
    dependsOn: ['webhook.dispatch.permutations-of-updates', 'cards.succeeds'],
    isAlone: true,
    run: async (t) => {
      const { client, deliverAtOnce, disturbDelivery } = t.stripe()
      const owner = `owner-${t.nonce()}`
      const { params, payWith } = await newCustomer(t, owner)
      let id = ''
      const expectAsAtStripe = async (...sent: readonly string[]) => {
        delivered(await t.stripe().deliveries(id))
        const { status } = await client.subscriptions.retrieve(id)
        const events = sent.map((one) => ({ status: one }))
        await expectStatusOf(t, owner, status, events)
      }

      await disturbDelivery('reorder', CREATED)
      await deliverAtOnce([CREATED, UPDATED], async () => {
        const { id: made, latest_invoice } = await client.subscriptions.create(params)
        id = made
        await client.invoices.pay(String(latest_invoice), { payment_method: payWith })
      })
      await expectAsAtStripe('active', 'incomplete')

      await disturbDelivery('duplicate', UPDATED)
      await disturbDelivery('reorder', UPDATED)
      await deliverAtOnce([UPDATED, DELETED], async () => {
        await client.subscriptions.update(id, { cancel_at_period_end: true })
        await client.subscriptions.update(id, { cancel_at_period_end: false })
        await client.subscriptions.cancel(id)
      })
      await expectAsAtStripe('active', 'active', 'canceled', 'active')
    },
  }),
]

async function newCustomer(
  t: CheckContext,
  owner: string,
): Promise<{ params: Stripe.SubscriptionCreateParams; payWith: string }> {
  const { client } = t.stripe()
  const { id: customer } = await client.customers.create()
  const { id: payWith } = await client.paymentMethods.attach('pm_card_visa', { customer })
  const { id: product } = await client.products.create({ name: 'Pro' })
  const recurring = { interval: 'month' } as const
  const price_data = { currency: 'eur', product, recurring, unit_amount: 2_000 }
  const params: Stripe.SubscriptionCreateParams = {
    customer,
    items: [{ price_data }],
    metadata: { user_id: owner },
    payment_behavior: 'default_incomplete',
  }
  return { params, payWith }
}

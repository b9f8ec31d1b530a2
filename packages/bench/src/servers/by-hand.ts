import process from 'node:process'
import Stripe from 'stripe'

const stripe = new Stripe('sk_test_unused')
const secret = process.env.STRIPE_WEBHOOK_SECRET ?? ''

/** What Stripe's documentation has handlers do; it remembers no event. Throws for a bad signature. */
export function handleByHand(payload: string | Uint8Array, signature: string): void {
  const event = stripe.webhooks.constructEvent(payload, signature, secret)
  switch (event.type) {
    case 'invoice.paid':
      break
  }
}

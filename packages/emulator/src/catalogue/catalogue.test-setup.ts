import type Stripe from 'stripe'
import { stripe } from '../emulator.test-setup.ts'

/** The events about an object, and about what belongs to it by a field of its own, oldest first. */
export async function eventsAbout(id: string): Promise<Stripe.Event[]> {
  const events: Stripe.Event[] = []
  for await (const event of stripe.events.list({ limit: 100 })) {
    if (Object.values(event.data.object).includes(id)) events.unshift(event)
  }
  return events
}

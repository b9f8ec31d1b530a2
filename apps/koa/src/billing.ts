import { createBilling, memoryStore } from '@countersign/core'

export const billing = createBilling({
  mode: 'test',
  webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET],
  // For trying out: a restart forgets which events were seen.
  store: memoryStore(),
  logger: console,
  on: {
    'invoice.paid': async (event, context) => {
      const invoice = event.data.object
      await context.transaction(() => {
        // Once for each invoice, however often Stripe says so.
        if (context.effect(`invoice ${invoice.id}: access granted`)) {
          console.log(`access granted for ${invoice.id}`)
        }
      })
    },
  },
})

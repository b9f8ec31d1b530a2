import { createBilling, memoryStore } from '@countersign/core'
import { webhook } from '@countersign/next'

export const POST = webhook(() =>
  createBilling({
    mode: 'test',
    webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET],
    store: memoryStore(),
    logger: console,
    on: {
      'invoice.paid': async (event, context) => {
        await context.transaction(() => {
          if (context.effect(`invoice ${event.data.object.id}: access granted`)) {
            console.log(`paid: ${event.data.object.id}`)
          }
        })
      },
    },
  }),
)

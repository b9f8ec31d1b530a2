import { createBilling, memoryStore } from '@countersign/core'

export const billing = createBilling({
  mode: 'test',
  webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET],
  store: memoryStore(),
})

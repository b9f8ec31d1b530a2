import process from 'node:process'
import {
  type Billing,
  type BillingOptions,
  createBilling,
  type MemoryTransaction,
  memoryStore,
} from '@countersign/core'

/** The billing of every server here; servers get their settings from the environment, as applications do. */
export function createBenchBilling(
  options: Pick<BillingOptions<MemoryTransaction>, 'on' | 'signatureHashing'> = {},
): Billing<MemoryTransaction> {
  return createBilling({
    mode: 'test',
    webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET],
    store: memoryStore(),
    on: { 'invoice.paid': () => {} },
    limits: { bodyTimeoutMs: Number(process.env.BENCH_BODY_TIMEOUT_MS) },
    ...options,
  })
}

import { join } from 'node:path'
import process from 'node:process'
import {
  type Billing,
  type BillingOptions,
  createBilling,
  type MemoryTransaction,
  memoryStore,
  type WebhookReceiver,
} from '@countersign/core'
import { sqliteStore } from '@countersign/store-sqlite'

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

/** One that answers when an event is on the disk, made with the first request. */
export function createDurableBilling(): WebhookReceiver {
  let receiver: WebhookReceiver | undefined
  const open = (): WebhookReceiver =>
    createBilling({
      mode: 'test',
      processing: 'durable',
      webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET],
      store: sqliteStore(join(process.env.BENCH_FOLDER ?? '', 'billing.db')),
      on: { 'invoice.paid': () => {} },
      signatureHashing: 'one-shot',
    })
  return {
    webhooks: {
      receive(inbound) {
        receiver ??= open()
        return receiver.webhooks.receive(inbound)
      },
    },
  }
}

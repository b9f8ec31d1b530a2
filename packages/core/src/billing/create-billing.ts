import { createRecovery } from '../recovery/recovery.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { createReceiver } from '../webhooks/receive.ts'
import { createWorker } from '../worker/worker.ts'
import type { Billing } from './billing.ts'
import type { BillingOptions } from './options.ts'
import { toSettings } from './to-settings.ts'

/**
 * Makes the billing of an application from its options, or refuses to.
 *
 * @throws BillingError `configuration_invalid`, with what to change, for options that
 *   cannot work or would not be safe.
 */
export function createBilling<Tx extends TransactionKind>(
  options: BillingOptions<Tx>,
): Billing<Tx> {
  const settings = toSettings(options)
  return {
    mode: settings.mode,
    store: settings.store,
    webhooks: { receive: createReceiver(settings) },
    worker: createWorker(settings),
    recovery: createRecovery(settings),
  }
}

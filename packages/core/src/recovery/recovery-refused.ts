import { BillingError } from '../errors/billing-error.ts'

/** The error of `billing.recovery` for a request that is a mistake, or would do harm. `message` says what to ask for instead. */
export function recoveryRefused(message: string): BillingError {
  return new BillingError('recovery_refused', `billing.recovery.${message}`)
}

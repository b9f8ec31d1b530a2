import { BillingError } from '../errors/billing-error.ts'

/** The error of `createBilling` for options that cannot work. `message` says what to change, and quotes no secret. */
export function misconfigured(message: string): BillingError {
  return new BillingError('configuration_invalid', `createBilling: ${message}`)
}

import type { PaymentMethod } from '../payments/payment-method-object.ts'
import { changeOf } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'

/** Ends that a payment method is the default of a customer's invoices, since it has been detached. */
export function clearDefaultPaymentMethod(
  context: Context,
  customerId: string,
  { id }: PaymentMethod,
): void {
  const customer = context.account.customers.find(customerId)
  if (customer?.invoice_settings.default_payment_method !== id) return
  const change = changeOf(customer)
  customer.invoice_settings = {
    ...customer.invoice_settings,
    default_payment_method: null,
  }
  emitChange(context, 'customer.updated', customer, change.previousAttributes())
}

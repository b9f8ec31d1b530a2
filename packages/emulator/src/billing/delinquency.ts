import { change } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'

/**
 * Says whether a customer owes something: an automatic payment has failed or a due date has
 * passed, and no invoice has been paid or given up since.
 *
 * Source: https://docs.stripe.com/api/customers/object#customer_object-delinquent
 */
export function setDelinquent(
  context: Context,
  customerId: string,
  delinquent: boolean,
): void {
  const customer = context.account.customers.find(customerId)
  if (customer === undefined) return
  emitChange(context, 'customer.updated', customer, change(customer, { delinquent }))
}

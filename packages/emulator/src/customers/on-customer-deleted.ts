import { cancelSubscriptionsOf } from '../billing/cancel-subscription.ts'
import type { Context } from '../state/context.ts'

/** What others have to do while a customer is about to be deleted: it is still there. */
export const onCustomerDeleted: readonly ((
  context: Context,
  customer: string,
) => void)[] = [cancelSubscriptionsOf]

import type { Account } from '../state/account.ts'
import type { StripeObject } from '../state/collection.ts'
import type { CheckoutLine } from './checkout-session-object.ts'

/** What a session sells, and where its list is asked for. */
export function linesOf(
  { checkoutStates }: Account,
  { id }: Pick<StripeObject, 'id'>,
): { readonly url: string; readonly lines: readonly CheckoutLine[] } {
  return {
    url: `/v1/checkout/sessions/${id}/line_items`,
    lines: checkoutStates.get(id)?.lines ?? [],
  }
}

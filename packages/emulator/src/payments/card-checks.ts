import type { Account } from '../state/account.ts'
import type { CardChecks, PaymentMethod } from './payment-method-object.ts'

/**
 * What the issuer says of a card's CVC and address: only of what it was given. A payment
 * method keeps it from when it is first used.
 *
 * Source: https://docs.stripe.com/disputes/prevention/verification
 */
export function checkCard(account: Account, paymentMethod: PaymentMethod): void {
  const onFile = account.cardsOnFile.get(paymentMethod.id)
  if (onFile === undefined) return
  const { card, hasCvc, isFromAlias } = onFile
  const { address } = paymentMethod.billing_details
  const { cvc = 'pass', postalCode, line1 } = card.checks ?? {}
  const checks: CardChecks = {
    address_line1_check: check(address?.line1, line1, isFromAlias),
    address_postal_code_check: check(address?.postal_code, postalCode, isFromAlias),
    cvc_check: hasCvc ? cvc : null,
  }
  paymentMethod.card = { ...paymentMethod.card, checks }
}

/** An alias whose address fails needs none to fail (unverified against Stripe). */
function check(
  given: unknown,
  result: string | undefined,
  isFromAlias: boolean,
): string | null {
  if (given) return result ?? 'pass'
  return isFromAlias ? (result ?? null) : null
}

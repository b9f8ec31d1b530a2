import type { Account } from '../state/account.ts'
import { type Context, contextOfTime } from '../state/context.ts'
import type { Charge } from './charge-object.ts'
import { openDispute } from './dispute.ts'
import { addEarlyFraudWarning } from './early-fraud-warning.ts'

/** How soon after a payment its dispute comes, in seconds (unverified against Stripe). */
const DISPUTED_AFTER_S = 2

/** Has come what a test card brings after its payment: disputes, or a warning of fraud. */
export function beginAftermath({ account, timeline }: Context, charge: Charge): void {
  const card = account.cardsOnFile.get(charge.payment_method)?.card
  if (card?.disputes === undefined && card?.getsEarlyFraudWarning === undefined) return
  timeline.schedule(timeline.now() + DISPUTED_AFTER_S, () => {
    befall(account, charge)
  })
}

function befall(account: Account, charge: Charge): void {
  const card = account.cardsOnFile.get(charge.payment_method)?.card
  const context = contextOfTime(account, charge.customer)
  if (card?.getsEarlyFraudWarning) addEarlyFraudWarning(context, charge)
  const disputes = card?.disputes ?? []
  const left = charge.amount_captured - charge.amount_refunded
  if (left === 0) return
  // Of several disputes each is about a part (how they are cut is unverified against Stripe).
  const part = Math.floor(left / disputes.length)
  for (const [index, kind] of disputes.entries()) {
    const isLast = index === disputes.length - 1
    openDispute(context, charge, kind, isLast ? left - part * index : part)
  }
}

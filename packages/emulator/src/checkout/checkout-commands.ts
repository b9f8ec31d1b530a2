import { type Params, text } from '../api/params.ts'
import type { Commands } from '../control/command.ts'
import { NO_REQUEST } from '../events/stripe-event.ts'
import type { Account } from '../state/account.ts'
import { contextOf } from '../state/context.ts'
import { attemptCheckout, needsCard } from './attempt-checkout.ts'

/** What a test does in place of a buyer at the page of a Checkout Session. */
export const checkoutCommands: Commands = {
  /** `session`, `card` (a number, or an alias such as `pm_card_visa`), and perhaps `email` and `name`. Answers the session, and the intent that waits for its buyer to authenticate, if one does. */
  'POST /_emulator/checkout/complete': (params, { world }) => {
    const wanted = text(params, 'session') ?? ''
    const isHere = ({ checkoutSessions }: Account) => checkoutSessions.find(wanted)
    const account = world.accounts().find(isHere) ?? world.platform
    const session = account.checkoutSessions.get(wanted, 'session')
    // A buyer does it, without an API key.
    const context = contextOf({ account, request: NO_REQUEST }, session.customer)
    attemptCheckout(context, session, {
      email: text(params, 'email') ?? 'buyer@example.com',
      name: text(params, 'name') ?? 'Test Buyer',
      card: needsCard(session) ? cardOf(params, account) : undefined,
    })
    const id = account.checkoutStates.get(session.id)?.intent ?? ''
    const intent = account.paymentIntents.find(id) ?? account.setupIntents.find(id)
    return {
      session,
      to_authenticate: intent?.status === 'requires_action' ? intent.id : null,
    }
  },
}

function cardOf(params: Params, { world }: Account): Params | string | undefined {
  const card = text(params, 'card')
  if (!card || !/^[\d\s-]+$/.test(card)) return card ?? undefined
  const year = new Date(world.timeline.now() * 1000).getUTCFullYear() + 5
  return {
    number: card,
    exp_month: '12',
    exp_year: String(year),
    cvc: text(params, 'cvc') ?? '123',
  }
}

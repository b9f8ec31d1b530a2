import type { Account } from '../state/account.ts'
import { at, type Fields, idOf, withMissing } from './fields.ts'

/** A charge or a payment intent named the invoice that it pays. */
export function withInvoice(payment: Fields, account: Account): Fields {
  const intent = payment.object === 'charge' ? payment.payment_intent : payment.id
  const invoice = account.invoiceOfIntent.get(idOf(intent) ?? '') ?? null
  return withMissing(payment, { invoice })
}

/**
 * The names of pages were other ones.
 *
 * Source: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-ui_mode,
 * and the changelog of dahlia
 */
const UI_MODES: Readonly<Record<string, string | undefined>> = {
  elements: 'custom',
  embedded_page: 'embedded',
  hosted_page: 'hosted',
}

export function oldCheckoutSession(session: Fields): Fields {
  const mode = session.ui_mode
  const shipping_details = at(session.collected_information, 'shipping_details') ?? null
  return {
    ...withMissing(session, { shipping_details }),
    ui_mode: (typeof mode === 'string' && UI_MODES[mode]) || mode,
  }
}

/** A discount held its coupon itself, and so did a promotion code. */
export function oldDiscount(discount: Fields): Fields {
  return withMissing(discount, { coupon: at(discount.source, 'coupon') ?? null })
}

export function oldPromotionCode(code: Fields): Fields {
  return withMissing(code, { coupon: at(code.promotion, 'coupon') ?? null })
}

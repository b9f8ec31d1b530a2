import { matching, page as pageOf, pageOfArray } from '../api/list.ts'
import { mergeMetadata, nested, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { contextOf } from '../state/context.ts'
import type { CheckoutSession } from './checkout-session-object.ts'
import { createCheckoutSession } from './create-checkout-session.ts'
import { expireCheckout } from './expire-checkout-session.ts'
import { linesOf } from './lines-of.ts'

export const checkoutSessionRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/checkout/sessions',
    run: createCheckoutSession,
    missing: [
      'discounts, optional_items, shipping_options, automatic_tax, tax rates, managed_payments, invoice_creation, adjustable_quantity, application fees, transfer_data, on_behalf_of and customer_account (refused)',
      'allow_promotion_codes: shown in the object, and no field for a code on the page',
      'consent_collection, phone_number_collection, shipping_address_collection, tax_id_collection: shown in the object, and not asked for on the page',
      'after_expiration, custom_fields, customer_update, name_collection, payment_method_data, permissions, saved_payment_method_options, wallet_options (taken and left aside)',
      'locale: the page is in English; billing_address_collection: it asks for no address',
      'payment methods other than cards; cards that a customer has saved are not offered on the page',
    ],
    unverified: [
      'the wording of most refusals',
      'the amounts of a session with a trial or a billing_cycle_anchor are what is due today',
      'one payment intent for all attempts, in payment_intent from the first one on; canceled as abandoned when the session expires',
      'payment_status: no_payment_required after a trial, unpaid until a manual capture',
    ],
  },
  {
    operation: 'GET /v1/checkout/sessions',
    run: page,
    missing: ['customer_account, payment_link'],
  },
  { operation: 'GET /v1/checkout/sessions/{session}', run: retrieve },
  {
    operation: 'POST /v1/checkout/sessions/{session}',
    run: update,
    missing: ['collected_information, line_items, shipping_options (refused)'],
  },
  { operation: 'POST /v1/checkout/sessions/{session}/expire', run: expire },
  { operation: 'GET /v1/checkout/sessions/{session}/line_items', run: pageOfLines },
]

function page({ account, params }: Call): unknown {
  const email = text(nested(params, 'customer_details') ?? {}, 'email')
  const matches = matching(params, [
    'customer',
    'payment_intent',
    'status',
    'subscription',
  ])
  return pageOf(
    account.checkoutSessions,
    '/v1/checkout/sessions',
    params,
    (session) =>
      matches(session) && (!email || session.customer_details?.email === email),
  )
}

function retrieve(call: Call): CheckoutSession {
  return call.account.checkoutSessions.get(idAt(call), 'session')
}

function update(call: Call): CheckoutSession {
  const session = retrieve(call)
  const { params } = call
  const refused = ['collected_information', 'line_items', 'shipping_options'].find(
    (name) => params[name] !== undefined,
  )
  if (refused !== undefined) {
    throw invalidRequest(
      `The emulator does not change the ${refused} of a Checkout Session.`,
      { param: refused },
    )
  }
  session.metadata = mergeMetadata(session.metadata, params)
  return session
}

function expire(call: Call): CheckoutSession {
  const session = retrieve(call)
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    )
  }
  expireCheckout(contextOf(call, session.customer), session)
  return session
}

function pageOfLines(call: Call): unknown {
  const session = retrieve(call)
  const { url, lines } = linesOf(call.account, session)
  return pageOfArray(lines, url, call.params)
}

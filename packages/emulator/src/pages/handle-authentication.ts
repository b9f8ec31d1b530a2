import { priceText } from '../billing/amounts.ts'
import { isWebUrl } from '../checkout/checkout-params.ts'
import { NO_REQUEST } from '../events/stripe-event.ts'
import { authenticate } from '../payments/payment-attempt.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import { authenticateSetup } from '../payments/setup-attempt.ts'
import type { SetupIntent } from '../payments/setup-intent-object.ts'
import type { Answer } from '../server/answer.ts'
import type { Account } from '../state/account.ts'
import { contextOf } from '../state/context.ts'
import { authenticationPage } from './authentication-page.ts'
import { type ClosedPage, closedPage } from './closed-page.ts'
import { leaveCheckout } from './handle-checkout.ts'
import { pageAnswer, seeOther } from './page-answer.ts'

type Intent = PaymentIntent | SetupIntent

/** Shows the page of 3D Secure of an intent. */
export function getAuthentication(account: Account, intent: Intent): Answer {
  if (intent.status !== 'requires_action')
    return pageAnswer(200, closedPage(showClosed(intent)))
  const session = account.checkoutSessions.find(
    account.checkoutOfIntent.get(intent.id) ?? '',
  )
  const card = account.paymentMethods.find(intent.payment_method ?? '')?.card
  const brand = String(card?.brand ?? 'card')
  return pageAnswer(
    200,
    authenticationPage({
      merchant: session?.branding_settings.display_name ?? 'Test merchant',
      amount:
        intent.object === 'payment_intent'
          ? priceText(intent.amount, intent.currency)
          : undefined,
      card: `${brand.charAt(0).toUpperCase()}${brand.slice(1)} ending in ${card?.last4}`,
      intent: intent.id,
    }),
  )
}

/** Takes what the buyer chose on that page. */
export function postAuthentication(
  account: Account,
  intent: Intent,
  body: string,
): Answer {
  const outcome = new URLSearchParams(body).get('outcome')
  const isChosen = outcome === 'succeed' || outcome === 'fail'
  if (intent.status !== 'requires_action' || !isChosen) return seeOther(pathOf(intent))
  const returnUrl = returnUrlOf(intent)
  // A buyer does it, without an API key.
  const context = contextOf({ account, request: NO_REQUEST }, intent.customer)
  if (intent.object === 'payment_intent') authenticate({ context, intent }, outcome)
  else authenticateSetup({ context, intent }, outcome)
  const session = account.checkoutOfIntent.get(intent.id)
  if (session !== undefined) return leaveCheckout(account.checkoutSessions.get(session))
  return seeOther(
    returnUrl === undefined ? pathOf(intent) : withResult(returnUrl, intent),
  )
}

function pathOf({ id }: Intent): string {
  return `/3ds/${id}`
}

function returnUrlOf({ next_action }: Intent): string | undefined {
  const action = next_action as {
    readonly redirect_to_url?: { readonly return_url?: unknown }
  } | null
  const url = action?.redirect_to_url?.return_url
  return typeof url === 'string' && isWebUrl(url) ? url : undefined
}

/** Source: https://docs.stripe.com/payments/accept-a-payment?platform=web&ui=elements#web-handle-post-payment-event */
function withResult(returnUrl: string, intent: Intent): string {
  const url = new URL(returnUrl)
  url.searchParams.append(intent.object, intent.id)
  url.searchParams.append(`${intent.object}_client_secret`, intent.client_secret)
  url.searchParams.append('redirect_status', isFailed(intent) ? 'failed' : 'succeeded')
  return url.href
}

function isFailed({ status }: Intent): boolean {
  return status === 'requires_payment_method' || status === 'canceled'
}

function showClosed(intent: Intent): ClosedPage {
  const { status } = intent
  if (
    status === 'succeeded' ||
    status === 'requires_capture' ||
    status === 'requires_confirmation'
  ) {
    return {
      title: 'Authentication complete',
      mark: { text: 'Passed', isGood: true },
      text: 'You can close this page and go back to where you came from.',
      link: undefined,
    }
  }
  if (status === 'requires_payment_method') {
    return {
      title: 'It did not work',
      mark: { text: 'Failed', isGood: false },
      text: messageOf(intent) ?? 'There is nothing to authenticate.',
      link: undefined,
    }
  }
  return {
    title: 'Nothing to authenticate',
    mark: { text: 'Closed', isGood: false },
    text: `The intent has the status ${status}.`,
    link: undefined,
  }
}

function messageOf(intent: Intent): string | undefined {
  const error =
    intent.object === 'payment_intent'
      ? intent.last_payment_error
      : intent.last_setup_error
  return (error as { readonly message?: string } | null)?.message
}

import type { Params } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import {
  attemptCheckout,
  type CheckoutForm,
  needsCard,
} from '../checkout/attempt-checkout.ts'
import { isWebUrl } from '../checkout/checkout-params.ts'
import type {
  CheckoutField,
  CheckoutProblem,
  CheckoutSession,
} from '../checkout/checkout-session-object.ts'
import { NO_REQUEST } from '../events/stripe-event.ts'
import type { Answer } from '../server/answer.ts'
import type { Account } from '../state/account.ts'
import { contextOf } from '../state/context.ts'
import { checkoutPage } from './checkout-page.ts'
import { type ClosedPage, closedPage } from './closed-page.ts'
import { pageAnswer, seeOther } from './page-answer.ts'
import { showCheckout, withId } from './show-checkout.ts'

/** Shows the page of a Checkout Session. */
export function getCheckout(account: Account, session: CheckoutSession): Answer {
  const state = account.checkoutStates.get(session.id)
  return session.status === 'open' && state !== undefined
    ? pageAnswer(200, checkoutPage(showCheckout(account, session, state)))
    : pageAnswer(200, closedPage(showClosed(session)))
}

/** Takes the form of that page. What does not work is said on the page, which comes next. */
export function postCheckout(
  account: Account,
  session: CheckoutSession,
  body: string,
): Answer {
  const state = account.checkoutStates.get(session.id)
  if (session.status !== 'open' || state === undefined) return seeOther(pathOf(session))
  const fields = new URLSearchParams(body)
  // A buyer does it, without an API key.
  const context = contextOf({ account, request: NO_REQUEST }, session.customer)
  state.entered = { email: entered(fields, 'email'), name: entered(fields, 'name') }
  try {
    attemptCheckout(context, session, readForm(fields, session))
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    state.problem = problemOf(error)
    return seeOther(pathOf(session))
  }
  const isWaiting = intentOf(account, state.intent)?.status === 'requires_action'
  return isWaiting && session.status === 'open'
    ? seeOther(`/3ds/${state.intent}`)
    : leaveCheckout(session)
}

/** Where a buyer goes from a session: on when it is complete, and otherwise to its page. */
export function leaveCheckout(session: CheckoutSession): Answer {
  return seeOther((session.status === 'complete' && onwards(session)) || pathOf(session))
}

function pathOf({ id }: CheckoutSession): string {
  return `/c/pay/${id}`
}

function onwards(session: CheckoutSession): string | undefined {
  const url = withId(session.success_url ?? session.return_url ?? '', session)
  return isWebUrl(url) ? url : undefined
}

function intentOf(account: Account, id = ''): { readonly status: string } | undefined {
  return account.paymentIntents.find(id) ?? account.setupIntents.find(id)
}

function readForm(fields: URLSearchParams, session: CheckoutSession): CheckoutForm {
  const email = entered(fields, 'email')
  const name = entered(fields, 'name')
  if (!needsCard(session)) return { email, name, card: undefined }
  const card = readCard(fields)
  if (name === null) throw wrong('name', 'Enter the name on the card.')
  return { email, name, card }
}

function readCard(fields: URLSearchParams): Params {
  const number = (entered(fields, 'card') ?? '').replaceAll(/[\s-]/g, '')
  if (!/^\d+$/.test(number)) throw wrong('card', 'Enter the digits of the card number.')
  const expiry = entered(fields, 'expiry') ?? ''
  const [, month = '', year = ''] =
    /^(\d\d?)\s*[/.-]?\s*((?:\d\d)?\d\d)$/.exec(expiry) ?? []
  if (month === '') throw wrong('expiry', 'Enter the month and the year, as in 12 / 34.')
  const cvc = entered(fields, 'cvc') ?? ''
  if (!/^\d{3,4}$/.test(cvc))
    throw wrong('cvc', 'Enter the three or four digits of the security code.')
  return {
    number,
    exp_month: String(Number(month)),
    exp_year: year.length === 2 ? `20${year}` : year,
    cvc,
  }
}

function entered(fields: URLSearchParams, name: CheckoutField): string | null {
  return fields.get(name)?.trim().slice(0, 512) || null
}

function wrong(field: CheckoutField, message: string): StripeError {
  return invalidRequest(message, { param: field })
}

function problemOf({
  body: { message, param, code, type },
}: StripeError): CheckoutProblem {
  const field = FIELDS[code ?? ''] ?? FIELDS[param ?? '']
  return { message, field: field ?? (type === 'card_error' ? 'card' : undefined) }
}

/** By the code of an error, or the parameter that it is about. */
const FIELDS: Readonly<Record<string, CheckoutField | undefined>> = {
  card: 'card',
  'card[number]': 'card',
  number: 'card',
  email: 'email',
  name: 'name',
  expiry: 'expiry',
  exp_month: 'expiry',
  exp_year: 'expiry',
  expired_card: 'expiry',
  cvc: 'cvc',
  incorrect_cvc: 'cvc',
}

function showClosed(session: CheckoutSession): ClosedPage {
  const merchant = session.branding_settings.display_name
  if (session.status === 'expired') {
    const url = session.cancel_url
    return {
      title: 'This checkout has expired',
      mark: { text: 'Expired', isGood: false },
      text: `Nothing was paid. To go on, begin again at ${merchant}.`,
      link:
        url !== null && isWebUrl(url)
          ? { url: withId(url, session), text: `Back to ${merchant}` }
          : undefined,
    }
  }
  const url = onwards(session)
  return {
    title: {
      payment: 'Your payment is complete',
      setup: 'Your card is saved',
      subscription: 'You are subscribed',
    }[session.mode],
    mark: { text: 'Complete', isGood: true },
    text: 'There is nothing left to do on this page.',
    link: url === undefined ? undefined : { url, text: `Continue to ${merchant}` },
  }
}

import { amountOf, priceText } from '../billing/amounts.ts'
import type { Recurring } from '../catalogue/catalogue-objects.ts'
import { needsCard } from '../checkout/attempt-checkout.ts'
import { isWebUrl } from '../checkout/checkout-params.ts'
import type {
  CheckoutLine,
  CheckoutSession,
  CheckoutState,
} from '../checkout/checkout-session-object.ts'
import { fixedEmail } from '../checkout/customer-details.ts'
import type { Account } from '../state/account.ts'
import type { CheckoutPage, CheckoutPageLine } from './checkout-page.ts'

const A_DAY = 86_400

/** Says in words what an open session is about. */
export function showCheckout(
  account: Account,
  session: CheckoutSession,
  state: CheckoutState,
): CheckoutPage {
  const { mode, cancel_url, currency, amount_total } = session
  const email = fixedEmail(account, session)
  const dueToday =
    amount_total === null ? undefined : priceText(amount_total, currency ?? 'usd')
  const needed = needsCard(session)
  return {
    merchant: session.branding_settings.display_name,
    title: titleOf(session, state),
    ...headlines(session, state, dueToday),
    lines: state.lines.map((line) => showLine(line, mode)),
    total:
      dueToday === undefined
        ? undefined
        : { label: mode === 'payment' ? 'Total' : 'Due today', amount: dueToday },
    cancelUrl:
      cancel_url !== null && isWebUrl(cancel_url)
        ? withId(cancel_url, session)
        : undefined,
    email: email ?? state.entered?.email ?? '',
    isEmailFixed: email !== null,
    name: state.entered?.name ?? '',
    needsCard: needed,
    formTitle: !needed
      ? 'Your details'
      : mode === 'payment'
        ? 'Pay by card'
        : 'Your card',
    button: buttonOf(session, state, dueToday ?? ''),
    problem: state.problem,
  }
}

/** `{CHECKOUT_SESSION_ID}` stands for the id. Source: https://docs.stripe.com/payments/checkout/custom-success-page */
export function withId(url: string, { id }: CheckoutSession): string {
  return url.replaceAll('{CHECKOUT_SESSION_ID}', id)
}

function titleOf(session: CheckoutSession, { lines, trialEnd }: CheckoutState): string {
  const merchant = session.branding_settings.display_name
  if (session.mode === 'setup') return `Save a card with ${merchant}`
  if (session.mode === 'payment') return `Pay ${merchant}`
  const [first] = lines.filter(({ price }) => price.recurring !== null)
  return `${trialEnd === undefined ? 'Subscribe to' : 'Try'} ${first?.description}`
}

function headlines(
  { currency, created, mode }: CheckoutSession,
  { lines, trialEnd }: CheckoutState,
  dueToday: string | undefined,
): Pick<CheckoutPage, 'headline' | 'subline'> {
  if (mode !== 'subscription') return { headline: dueToday, subline: undefined }
  const recurring = lines.flatMap(({ price, quantity }) =>
    price.recurring === null
      ? []
      : { amount: amountOf(price, quantity), rhythm: rhythm(price.recurring) },
  )
  const sum = recurring.reduce((total, { amount }) => total + amount, 0)
  const each = priceText(sum, currency ?? 'usd')
  const often = recurring[0]?.rhythm ?? ''
  if (trialEnd !== undefined) {
    const days = Math.round((trialEnd - created) / A_DAY)
    return {
      headline: `${days} ${days === 1 ? 'day' : 'days'} free`,
      subline: `Then ${each} ${often}`,
    }
  }
  return each === dueToday
    ? { headline: dueToday, subline: often }
    : { headline: dueToday, subline: `today, then ${each} ${often}` }
}

function rhythm({ interval, interval_count: count }: Recurring): string {
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`
}

function showLine(
  { description, price, quantity, amount_total, currency }: CheckoutLine,
  mode: CheckoutSession['mode'],
): CheckoutPageLine {
  const amount = price.recurring === null ? amount_total : amountOf(price, quantity)
  return {
    name: description,
    quantity,
    amount: priceText(amount, currency),
    each:
      quantity > 1 && price.unit_amount !== null && price.transform_quantity === null
        ? priceText(price.unit_amount, currency)
        : undefined,
    rhythm:
      price.recurring !== null
        ? rhythm(price.recurring)
        : mode === 'subscription'
          ? 'once'
          : undefined,
  }
}

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-submit_type */
function buttonOf(
  { mode, submit_type, amount_total }: CheckoutSession,
  { trialEnd }: CheckoutState,
  dueToday: string,
): string {
  if (mode === 'setup') return 'Save card'
  if (submit_type === 'book') return 'Book'
  if (submit_type === 'donate') return `Donate ${dueToday}`
  if (mode === 'subscription')
    return trialEnd !== undefined && submit_type !== 'subscribe'
      ? 'Start trial'
      : 'Subscribe'
  return amount_total === 0 ? 'Complete order' : `Pay ${dueToday}`
}

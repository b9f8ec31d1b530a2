import { text } from '../api/params.ts'
import type { Call } from '../api/route.ts'
import { invalidParameter, invalidRequest, StripeError } from '../api/stripe-error.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { SetupIntent } from './setup-intent-object.ts'

/**
 * Lets a buyer's browser see and confirm only what it knows the secret of. The wording is
 * unverified against Stripe.
 *
 * @throws StripeError 400: the secret is missing, or another one
 */
export function expectClientSecret(
  { params, isPublishable }: Call,
  intent: PaymentIntent | SetupIntent,
): void {
  const given = text(params, 'client_secret')
  if (!given) {
    if (!isPublishable) return
    throw invalidParameter('Missing required param: client_secret.', {
      code: 'parameter_missing',
      param: 'client_secret',
    })
  }
  if (given === intent.client_secret) return
  const kind = intent.object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent'
  throw invalidRequest(
    `The client_secret provided does not match the client_secret associated with the ${kind}.`,
    { code: 'resource_missing', param: 'client_secret' },
  )
}

/**
 * What an intent shows to a browser: the rest is for the secret key.
 *
 * Source: "Retrievable with publishable key" in https://docs.stripe.com/api/payment_intents/object
 */
export function forBrowser<T extends PaymentIntent | SetupIntent>(
  { isPublishable }: Call,
  intent: T,
): unknown {
  if (!isPublishable) return intent
  const shown = intent.object === 'payment_intent' ? SHOWN_OF_PAYMENT : SHOWN_OF_SETUP
  return Object.fromEntries(Object.entries(intent).filter(([name]) => shown.has(name)))
}

/** Does something with an intent and answers it; to a browser not even a decline shows more of it. */
export function answering(
  call: Call,
  intent: PaymentIntent | SetupIntent,
  act: () => void,
): unknown {
  try {
    act()
  } catch (error) {
    if (!call.isPublishable || !(error instanceof StripeError)) throw error
    const { body, status } = error
    throw new StripeError(status, { ...body, [intent.object]: forBrowser(call, intent) })
  }
  return forBrowser(call, intent)
}

const SHOWN_OF_BOTH = [
  'id',
  'object',
  'automatic_payment_methods',
  'cancellation_reason',
  'client_secret',
  'created',
  'description',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'status',
]

const SHOWN_OF_PAYMENT: ReadonlySet<string> = new Set([
  ...SHOWN_OF_BOTH,
  'amount',
  'amount_details',
  'canceled_at',
  'capture_method',
  'confirmation_method',
  'currency',
  'last_payment_error',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
])

const SHOWN_OF_SETUP: ReadonlySet<string> = new Set([
  ...SHOWN_OF_BOTH,
  'last_setup_error',
  'usage',
])

// When 3D Secure is asked for, and what it says of a payment. Source:
// https://docs.stripe.com/payments/3d-secure/authentication-flow
import type { Account } from '../state/account.ts'
import type { CardOnFile } from './payment-method-object.ts'

/** What a charge tells of its authentication; `null` when there was none. */
export type ThreeDSecureResult =
  | 'attempt_acknowledged'
  | 'authenticated'
  | 'not_supported'
  | 'processing_error'

export type Verdict =
  /** The payment goes on without asking anybody. */
  | { readonly kind: 'go_on'; readonly result: ThreeDSecureResult | null }
  /** Its buyer has to authenticate it. */
  | { readonly kind: 'ask' }
  /** It has to be authenticated, and cannot be. */
  | { readonly kind: 'impossible' }

const NOT_ASKED: Verdict = { kind: 'go_on', result: null }

/** @param isRequested By `request_three_d_secure`. */
export function threeDSecureOf(
  { card, isSetUp }: CardOnFile,
  {
    offSession,
    isRequested,
  }: { readonly offSession: boolean; readonly isRequested: boolean },
): Verdict {
  const { threeDSecure: rule, isThreeDSecureUnsupported } = card
  if (rule === undefined) {
    if (!isRequested || offSession) return NOT_ASKED
    const result = isThreeDSecureUnsupported ? 'not_supported' : 'attempt_acknowledged'
    return { kind: 'go_on', result }
  }
  const isNeeded = offSession
    ? rule.offSession === 'needs_authentication' ||
      (rule.offSession === 'needs_set_up' && !isSetUp)
    : rule.onSession === 'asks' || isRequested
  if (!isNeeded) return NOT_ASKED
  if (rule.isFrictionless) return { kind: 'go_on', result: 'authenticated' }
  if (rule.onLookupError === 'go_on') return { kind: 'go_on', result: 'processing_error' }
  return { kind: rule.onLookupError === 'decline' ? 'impossible' : 'ask' }
}

export function isThreeDSecureRequested({
  card,
}: {
  readonly card: { readonly request_three_d_secure: unknown }
}): boolean {
  return ['any', 'challenge'].includes(String(card.request_three_d_secure))
}

/**
 * What a buyer has to do to authenticate: go to a page when there is a way back from it,
 * and otherwise what Stripe.js does.
 *
 * Source: https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action
 */
export function nextAction(
  account: Account,
  intent: { readonly id: string },
  returnUrl: string | null | undefined,
): unknown {
  if (returnUrl) {
    const url = `${account.world.url}/3ds/${intent.id}`
    return {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: returnUrl, url },
    }
  }
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: {
      type: 'stripe_3ds2_fingerprint',
      directory_server_name: 'visa',
      merchant: account.id,
      server_transaction_id: '',
      three_d_secure_2_source: intent.id.replace(/^(?:pi|seti)_/, 'payatt_'),
      three_ds_method_url: '',
    },
  }
}

/** As a charge or a setup attempt tells it. */
export function threeDSecureDetails(
  account: Account,
  result: ThreeDSecureResult | null,
  isFrictionless: boolean,
): unknown {
  if (result === null) return null
  const isAuthenticated = result === 'authenticated'
  return {
    authentication_flow: isAuthenticated
      ? isFrictionless
        ? 'frictionless'
        : 'challenge'
      : null,
    electronic_commerce_indicator: isAuthenticated ? '05' : null,
    exemption_indicator: null,
    result,
    result_reason: null,
    transaction_id: isAuthenticated ? account.world.random.characters(22) : null,
    version: result === 'not_supported' ? null : '2.2.0',
  }
}

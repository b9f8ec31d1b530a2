import { page as pageOf } from '../api/list.ts'
import { text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { change } from '../state/change.ts'
import type { StripeObject } from '../state/collection.ts'
import { type Context, emit, emitChange } from '../state/context.ts'
import type { Charge } from './charge-object.ts'

/** Source: https://docs.stripe.com/api/radar/early_fraud_warnings/object */
export interface EarlyFraudWarning extends StripeObject {
  readonly object: 'radar.early_fraud_warning'
  readonly charge: string
  readonly created: number
  readonly fraud_type: string
  readonly livemode: false
  readonly payment_intent: string
  /** Whether a refund could still prevent a dispute. */
  actionable: boolean
}

export const earlyFraudWarningRoutes: readonly Route[] = [
  { operation: 'GET /v1/radar/early_fraud_warnings', run: page },
  {
    operation: 'GET /v1/radar/early_fraud_warnings/{early_fraud_warning}',
    run: retrieve,
  },
]

/** The issuer says that a payment may be fraud. Its type is unverified against Stripe. */
export function addEarlyFraudWarning(context: Context, charge: Charge): void {
  const { account, timeline } = context
  const warning = account.earlyFraudWarnings.add({
    id: account.newId('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: !charge.refunded && !charge.disputed,
    charge: charge.id,
    created: timeline.now(),
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    payment_intent: charge.payment_intent,
  })
  emit(context, 'radar.early_fraud_warning.created', warning)
}

/** What is refunded or disputed cannot be prevented any more. */
export function settleEarlyFraudWarnings(context: Context, charge: Charge): void {
  for (const warning of context.account.earlyFraudWarnings.where('charge', charge.id)) {
    const previous = change(warning, { actionable: false })
    emitChange(context, 'radar.early_fraud_warning.updated', warning, previous)
  }
}

function page({ account, params }: Call): unknown {
  const charge = text(params, 'charge')
  const intent = text(params, 'payment_intent')
  return pageOf(
    account.earlyFraudWarnings,
    '/v1/radar/early_fraud_warnings',
    params,
    (warning) =>
      (!charge || warning.charge === charge) &&
      (!intent || warning.payment_intent === intent),
  )
}

function retrieve(call: Call): unknown {
  return call.account.earlyFraudWarnings.get(idAt(call), 'early_fraud_warning')
}

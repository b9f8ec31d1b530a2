import { invalidRequest } from '../api/stripe-error.ts'
import { type Context, emit } from '../state/context.ts'
import { setupIntentMoved } from './intent-observers.ts'
import type { SetupIntent, SetupIntentStatus } from './setup-intent-object.ts'

/** @throws StripeError 400 when it has succeeded, or is canceled */
export function cancelSetupIntent(
  context: Context,
  intent: SetupIntent,
  reason: string | null,
): void {
  expectSetupStatus(intent, 'cancel', [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
  ])
  intent.status = 'canceled'
  intent.cancellation_reason = reason
  intent.next_action = null
  emit(context, 'setup_intent.canceled', intent)
  setupIntentMoved(context, intent)
}

/** @throws StripeError 400 `setup_intent_unexpected_state` */
export function expectSetupStatus(
  intent: SetupIntent,
  action: string,
  allowed: readonly SetupIntentStatus[],
): void {
  if (allowed.includes(intent.status)) return
  throw invalidRequest(
    `You cannot ${action} this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be used here: ${allowed.join(', ')}.`,
    { code: 'setup_intent_unexpected_state', setup_intent: { ...intent } },
  )
}

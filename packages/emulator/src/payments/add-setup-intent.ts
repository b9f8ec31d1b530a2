import { type Context, emit } from '../state/context.ts'
import type { PaymentMethodOptions } from './payment-intent-object.ts'
import type { SetupIntent } from './setup-intent-object.ts'

type Made =
  | 'id'
  | 'object'
  | 'client_secret'
  | 'created'
  | 'status'
  | 'latest_attempt'
  | 'last_setup_error'

/** What a setup intent is made with; the rest is as Stripe has it when nothing is said. */
export type NewSetupIntent = Partial<Omit<SetupIntent, Made>>

/** How cards are set up unless something else is asked for. */
export const SETUP_OPTIONS: PaymentMethodOptions = {
  card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
}

/** Makes a setup intent that waits for a payment method, or for its confirmation. */
export function addSetupIntent(context: Context, fields: NewSetupIntent): SetupIntent {
  const { account, timeline } = context
  const id = account.newId('seti')
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${account.world.random.characters(25)}`,
    created: timeline.now(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: SETUP_OPTIONS,
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: fields.payment_method ? 'requires_confirmation' : 'requires_payment_method',
    usage: 'off_session',
    ...fields,
  }
  account.setupIntents.add(intent)
  emit(context, 'setup_intent.created', intent)
  return intent
}

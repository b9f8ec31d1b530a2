import { flag, list, nested, type Params, text } from '../api/params.ts'
import type { CheckoutMode } from './checkout-params.ts'
import type { CheckoutSession } from './checkout-session-object.ts'

/** Source: the default of https://docs.stripe.com/api/checkout/sessions/object, as far as it can be known. */
const BRANDING = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#0074d4',
  display_name: 'Test merchant',
  font_family: 'default',
  icon: null,
  logo: null,
}

/** The fields of a new session that describe the page of Stripe, and that no later step depends on. */
export function initialFields(
  params: Params,
  mode: CheckoutMode,
  customer: string | null,
): Readonly<Record<string, unknown>> &
  Pick<CheckoutSession, 'branding_settings' | 'payment_method_options'> {
  return {
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: flag(params, 'allow_promotion_codes') ?? null,
    allowed_payment_method_types:
      params.allowed_payment_method_types === undefined
        ? null
        : list(params, 'allowed_payment_method_types'),
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: text(params, 'billing_address_collection') ?? null,
    branding_settings: branding(nested(params, 'branding_settings') ?? {}),
    collected_information: {
      business_name: null,
      individual_name: null,
      shipping_details: null,
    },
    consent: null,
    consent_collection: consentCollection(nested(params, 'consent_collection')),
    currency_conversion: null,
    custom_fields: [],
    custom_text: customText(nested(params, 'custom_text') ?? {}),
    customer_account: null,
    discounts: mode === 'setup' ? null : [],
    ...(params.excluded_payment_method_types !== undefined && {
      excluded_payment_method_types: list(params, 'excluded_payment_method_types'),
    }),
    integration_identifier: text(params, 'integration_identifier') ?? null,
    invoice_creation: mode === 'payment' ? NO_INVOICE : null,
    locale: text(params, 'locale') ?? null,
    managed_payments: mode === 'setup' ? null : { enabled: false },
    origin_context: text(params, 'origin_context') ?? null,
    payment_link: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: threeDSecure(params) } },
    payment_method_types: ['card'],
    permissions: null,
    phone_number_collection: {
      enabled: flag(nested(params, 'phone_number_collection') ?? {}, 'enabled') ?? false,
    },
    recovered_from: null,
    ...(params.redirect_on_completion !== undefined && {
      redirect_on_completion: text(params, 'redirect_on_completion'),
    }),
    saved_payment_method_options: customer === null || mode === 'setup' ? null : SAVED,
    shipping_address_collection: addressCollection(params),
    shipping_cost: null,
    shipping_options: [],
    ...(params.tax_id_collection !== undefined && {
      tax_id_collection: taxIdCollection(nested(params, 'tax_id_collection') ?? {}),
    }),
    wallet_options: null,
  }
}

/** As recorded answers have it. */
const SAVED = {
  allow_redisplay_filters: ['always'],
  payment_method_remove: 'disabled',
  payment_method_save: null,
}

const NO_INVOICE = {
  enabled: false,
  invoice_data: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: null,
    metadata: {},
    rendering_options: null,
  },
}

function branding(given: Params): CheckoutSession['branding_settings'] {
  const named = ['background_color', 'border_style', 'button_color', 'font_family']
  return {
    ...BRANDING,
    ...Object.fromEntries(
      named.flatMap((name) => {
        const value = text(given, name)
        return value ? [[name, value]] : []
      }),
    ),
    display_name: text(given, 'display_name') ?? BRANDING.display_name,
  }
}

function customText(given: Params): unknown {
  const names = [
    'after_submit',
    'shipping_address',
    'submit',
    'terms_of_service_acceptance',
  ]
  return Object.fromEntries(
    names.map((name) => {
      const message = text(nested(given, name) ?? {}, 'message')
      return [name, message ? { message } : null]
    }),
  )
}

function consentCollection(given: Params | undefined): unknown {
  if (given === undefined) return null
  const position = text(nested(given, 'payment_method_reuse_agreement') ?? {}, 'position')
  return {
    payment_method_reuse_agreement: position ? { position } : null,
    promotions: text(given, 'promotions') ?? null,
    terms_of_service: text(given, 'terms_of_service') ?? null,
  }
}

function addressCollection(params: Params): unknown {
  const given = nested(params, 'shipping_address_collection')
  return given === undefined
    ? null
    : { allowed_countries: list(given, 'allowed_countries') }
}

function taxIdCollection(given: Params): unknown {
  return {
    enabled: flag(given, 'enabled') ?? false,
    required: text(given, 'required') ?? 'never',
  }
}

function threeDSecure(params: Params): string {
  const card = nested(nested(params, 'payment_method_options') ?? {}, 'card') ?? {}
  return text(card, 'request_three_d_secure') ?? 'automatic'
}

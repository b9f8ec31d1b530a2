import type { Account } from '../state/account.ts'
import { type Fields, fieldsOf, without } from './fields.ts'
import { oldInvoice, oldInvoiceItem, oldLine } from './old-invoice.ts'
import {
  oldCheckoutSession,
  oldDiscount,
  oldPromotionCode,
  withInvoice,
} from './old-payment.ts'
import { oldPlan, oldPrice } from './old-price.ts'
import { oldSubscription } from './old-subscription.ts'

/** Adds what an object had, and leaves what is there already: what it has now, and what was added before. */
type WithOld = (object: Fields, account: Account) => Fields

/** By `object`. */
const OLD: Readonly<Record<string, WithOld | undefined>> = {
  charge: withInvoice,
  'checkout.session': oldCheckoutSession,
  discount: oldDiscount,
  invoice: oldInvoice,
  invoiceitem: oldInvoiceItem,
  line_item: oldLine,
  payment_intent: withInvoice,
  plan: oldPlan,
  price: oldPrice,
  promotion_code: oldPromotionCode,
  subscription: oldSubscription,
}

const PERIOD = ['current_period_end', 'current_period_start']

/**
 * The fields that an object did not have yet, by `object`, and those of its hashes.
 *
 * Source: the types of stripe 17.7 beside those of 23.1
 */
const NEW: Readonly<Record<string, readonly string[] | undefined>> = {
  charge: [
    'billing_details.tax_id',
    'payment_method_details.card.electronic_commerce_indicator',
    'payment_method_details.card.setup_credential_usage',
    'payment_method_details.card.stored_credential_usage',
    'payment_method_details.card.transaction_link_id',
    'presentment_details',
  ],
  'checkout.session': [
    'allowed_payment_method_types',
    'automatic_tax.provider',
    'branding_settings',
    'customer_account',
    'excluded_payment_method_types',
    'integration_identifier',
    'managed_payments',
    'name_collection',
    'optional_items',
    'origin_context',
    'permissions',
    'presentment_details',
    'wallet_options',
  ],
  customer: ['business_name', 'customer_account', 'individual_name'],
  discount: ['customer_account', 'source'],
  dispute: [
    'evidence_details.submission_method',
    'intended_submission_method',
    'payment_method_details.card.network',
  ],
  invoice: [
    'amount_overpaid',
    'amount_paid_off_stripe',
    'automatic_tax.provider',
    'confirmation_secret',
    'customer_account',
    'parent',
    'payments',
    'status_details',
    'total_taxes',
  ],
  invoiceitem: [
    'customer_account',
    'frozen_fields',
    'invoicing_rules',
    'net_amount',
    'parent',
    'pricing',
    'proration_details',
    'quantity_decimal',
  ],
  line_item: ['parent', 'pricing', 'quantity_decimal', 'subtotal', 'taxes'],
  payment_intent: [
    'allowed_payment_method_types',
    'customer_account',
    'excluded_payment_method_types',
    'hooks',
    'managed_payments',
    'payment_details',
    'payment_record',
    'presentment_details',
  ],
  payment_method: ['billing_details.tax_id', 'customer_account'],
  product: ['tax_details'],
  promotion_code: ['customer_account', 'promotion'],
  refund: [
    'customer',
    'customer_account',
    'payment_method',
    'pending_reason',
    'presentment_details',
  ],
  setup_intent: [
    'allowed_payment_method_types',
    'customer_account',
    'excluded_payment_method_types',
    'managed_payments',
  ],
  subscription: [
    'billing_mode',
    'billing_schedules',
    'cancellation_details.feedback_option',
    'customer_account',
    'invoice_settings.custom_fields',
    'invoice_settings.description',
    'invoice_settings.footer',
    'managed_payments',
    'pending_update.cancel_at_period_end',
    'pending_update.discount',
    'pending_update.discounts',
    'pending_update.metadata',
    'presentment_details',
    'status_details',
    'trial_settings.end_behavior.billing_cycle_anchor',
  ],
  subscription_item: ['billed_until', 'current_trial', ...PERIOD],
}

/** A copy in the shape of 2025-02-24.acacia, through lists and expanded objects. */
export function toOldShape(value: unknown, account: Account): unknown {
  if (Array.isArray(value)) return value.map((item) => toOldShape(item, account))
  const object = fieldsOf(value)
  if (object === undefined) return value
  const kind = String(object.object)
  // An event was rendered when it was made.
  if (kind === 'event') return value
  // From the outside in: a subscription takes its period from its items before they lose it.
  const shown = without(OLD[kind]?.(object, account) ?? object, NEW[kind] ?? [])
  return Object.fromEntries(
    Object.entries(shown).map(([name, inner]) => [name, toOldShape(inner, account)]),
  )
}

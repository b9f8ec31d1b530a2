import { nested, type Params, type ParamValue } from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'

const TEXTS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const

/** Source: https://docs.stripe.com/api/disputes/update#update_dispute-evidence */
const LONGEST_EVIDENCE = 150_000

export const NO_EVIDENCE: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(TEXTS.map((name) => [name, null])),
  enhanced_evidence: {},
}

/**
 * Merges evidence into what is there; an empty text unsets.
 *
 * @throws StripeError 400: more than 150,000 characters together
 */
export function mergeEvidence(
  old: Readonly<Record<string, unknown>>,
  given: Params,
): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = { ...old }
  for (const name of TEXTS) {
    const value = given[name]
    if (value !== undefined) merged[name] = value === '' ? null : value
  }
  const enhanced = nested(given, 'enhanced_evidence')
  if (enhanced !== undefined) {
    merged.enhanced_evidence = {
      ...(old.enhanced_evidence as object),
      ...enhancedEvidence(enhanced),
    }
  } else if (given.enhanced_evidence === '') {
    merged.enhanced_evidence = {}
  }
  if (lengthOf(merged) > LONGEST_EVIDENCE) {
    throw invalidParameter(
      `The combined character count of all evidence fields may not exceed ${LONGEST_EVIDENCE}.`,
      { param: 'evidence' },
    )
  }
  return merged
}

export function hasEvidence(evidence: Readonly<Record<string, unknown>>): boolean {
  return (
    lengthOf(evidence) > 0 || Object.keys(evidence.enhanced_evidence ?? {}).length > 0
  )
}

function lengthOf(evidence: Readonly<Record<string, unknown>>): number {
  return TEXTS.reduce((sum, name) => sum + String(evidence[name] ?? '').length, 0)
}

function enhancedEvidence(params: Params): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typed(value)]),
  )
}

/** Booleans and lists arrive as texts and hashes. */
function typed(value: ParamValue | undefined): unknown {
  if (value === undefined || value === '') return null
  if (value === 'true' || value === 'false') return value === 'true'
  if (typeof value === 'string') return value
  const entries = Object.entries(value).map(
    ([name, inner]) => [name, typed(inner)] as const,
  )
  return entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))
    ? entries.map(([, inner]) => inner)
    : Object.fromEntries(entries)
}

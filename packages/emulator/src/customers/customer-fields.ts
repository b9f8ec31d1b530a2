import { integer, list, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Address, Customer, InvoiceSettings } from './customer-object.ts'

/** Makes something that the emulator does not have: refused rather than forgotten. */
const REFUSED = [
  'source',
  'card',
  'bank_account',
  'default_source',
  'tax_id_data',
] as const

/** What is not modelled of the parameters of a customer. */
export const MISSING_OF_CUSTOMERS: readonly string[] = [
  'source, card, bank_account, default_source (refused): sources, which payment methods have replaced',
  'tax_id_data (refused)',
  'cash_balance, tax (taken and left aside)',
  'currency stays null: Stripe sets it with the first invoice',
]

/**
 * What the parameters change of a customer.
 *
 * @param isAttached Whether a payment method belongs to the customer.
 * @throws StripeError 400: a parameter is wrong, or names what is not modelled
 */
export function changedCustomerFields(
  current: Customer,
  params: Params,
  isAttached: (paymentMethod: string) => boolean,
): Partial<Customer> {
  refuse(params)
  const changed: Partial<Customer> = { metadata: mergeMetadata(current.metadata, params) }
  for (const name of ['description', 'name', 'phone'] as const) {
    const value = text(params, name)
    if (value !== undefined) changed[name] = value
  }
  for (const name of ['business_name', 'individual_name'] as const) {
    const value = text(params, name)
    if (value) changed[name] = value
  }
  const email = text(params, 'email')
  if (email !== undefined) changed.email = checkedEmail(email)
  if (params.address !== undefined)
    changed.address = readAddress(nested(params, 'address'))
  if (params.shipping !== undefined) changed.shipping = readShipping(params)
  if (params.preferred_locales !== undefined)
    changed.preferred_locales = list(params, 'preferred_locales')
  const balance = integer(params, 'balance')
  if (balance !== undefined) changed.balance = balance
  const taxExempt = text(params, 'tax_exempt')
  if (taxExempt !== undefined) changed.tax_exempt = taxExempt ?? 'none'
  const sequence = integer(params, 'next_invoice_sequence')
  if (sequence !== undefined) changed.next_invoice_sequence = sequence
  const prefix = text(params, 'invoice_prefix')
  if (prefix) changed.invoice_prefix = checkedPrefix(prefix)
  const settings = nested(params, 'invoice_settings')
  if (settings !== undefined)
    changed.invoice_settings = readSettings(
      current.invoice_settings,
      settings,
      isAttached,
    )
  return changed
}

function refuse(params: Params): void {
  for (const param of REFUSED) {
    if (params[param] === undefined) continue
    throw invalidParameter(
      `The emulator does not model ${param}. It refuses it rather than forget it: use payment methods instead of sources.`,
      { param },
    )
  }
}

function checkedEmail(email: string | null): string | null {
  if (email === null || /^[^\s@]+@[^\s@]+$/.test(email)) return email
  throw invalidParameter(`Invalid email address: ${email}`, {
    code: 'email_invalid',
    param: 'email',
  })
}

/** Source: https://docs.stripe.com/api/customers/create#create_customer-invoice_prefix. The wording is unverified against Stripe. */
function checkedPrefix(prefix: string): string {
  if (/^[A-Z0-9]{3,12}$/.test(prefix)) return prefix
  throw invalidParameter(
    'The invoice prefix must be 3 to 12 upper case letters or numbers.',
    { param: 'invoice_prefix' },
  )
}

/** The six lines of an address; what is not given is `null`. */
function readAddress(address: Params | undefined): Address | null {
  if (address === undefined) return null
  return {
    city: text(address, 'city') ?? null,
    country: text(address, 'country') ?? null,
    line1: text(address, 'line1') ?? null,
    line2: text(address, 'line2') ?? null,
    postal_code: text(address, 'postal_code') ?? null,
    state: text(address, 'state') ?? null,
  }
}

function readShipping(params: Params): Customer['shipping'] {
  const shipping = nested(params, 'shipping')
  if (shipping === undefined) return null
  const name = text(shipping, 'name')
  const address = readAddress(nested(shipping, 'address'))
  if (!name) throw missingOfShipping('name')
  if (address === null) throw missingOfShipping('address')
  return { address, name, phone: text(shipping, 'phone') ?? null }
}

function missingOfShipping(name: string): Error {
  return invalidParameter(`Missing required param: shipping[${name}].`, {
    code: 'parameter_missing',
    param: `shipping[${name}]`,
  })
}

function readSettings(
  current: InvoiceSettings,
  params: Params,
  isAttached: (paymentMethod: string) => boolean,
): InvoiceSettings {
  const paymentMethod = text(params, 'default_payment_method')
  if (paymentMethod && !isAttached(paymentMethod)) throw notAttached(paymentMethod)
  const footer = text(params, 'footer')
  return {
    custom_fields:
      params.custom_fields === undefined
        ? current.custom_fields
        : readCustomFields(nested(params, 'custom_fields')),
    default_payment_method:
      paymentMethod === undefined ? current.default_payment_method : paymentMethod,
    footer: footer === undefined ? current.footer : footer,
    rendering_options:
      params.rendering_options === undefined
        ? current.rendering_options
        : readRendering(nested(params, 'rendering_options')),
  }
}

function notAttached(paymentMethod: string): Error {
  return invalidRequest(
    `The customer does not have a payment method with the ID ${paymentMethod}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'invoice_settings[default_payment_method]' },
  )
}

function readCustomFields(fields: Params | undefined): InvoiceSettings['custom_fields'] {
  if (fields === undefined) return null
  const read = Object.values(fields).map((field) => {
    const { name = '', value = '' } = typeof field === 'object' ? (field as Params) : {}
    return { name: String(name), value: String(value) }
  })
  if (read.length <= 4) return read
  throw invalidParameter('You can have up to 4 custom fields.', {
    param: 'invoice_settings[custom_fields]',
  })
}

function readRendering(params: Params | undefined): InvoiceSettings['rendering_options'] {
  if (params === undefined) return null
  return {
    amount_tax_display: text(params, 'amount_tax_display') ?? null,
    template: text(params, 'template') ?? null,
  }
}

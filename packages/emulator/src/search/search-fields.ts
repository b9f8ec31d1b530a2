/**
 * How a field can be searched: a token and a text as a whole, a text also by a part of it, a
 * number also by comparison.
 */
type FieldType = 'token' | 'text' | 'number'

export interface SearchField {
  readonly type: FieldType
  readonly read: (object: Readonly<Record<string, unknown>>) => unknown
}

/** The resources that can be searched, by their plural as it stands in the path. */
export type Searchable =
  | 'charges'
  | 'customers'
  | 'invoices'
  | 'payment_intents'
  | 'prices'
  | 'products'
  | 'subscriptions'

/** Unverified against Stripe's page of today. Source: https://docs.stripe.com/search#supported-query-fields-for-each-resource */
const FIELDS: Readonly<Record<Searchable, Readonly<Record<string, SearchField>>>> = {
  charges: {
    amount: at('number', 'amount'),
    'billing_details.address.postal_code': at(
      'token',
      'billing_details.address.postal_code',
    ),
    created: at('number', 'created'),
    currency: at('token', 'currency'),
    customer: at('token', 'customer'),
    disputed: at('token', 'disputed'),
    refunded: at('token', 'refunded'),
    status: at('token', 'status'),
  },
  customers: {
    created: at('number', 'created'),
    email: at('text', 'email'),
    name: at('text', 'name'),
    phone: at('text', 'phone'),
  },
  invoices: {
    created: at('number', 'created'),
    currency: at('token', 'currency'),
    customer: at('token', 'customer'),
    last_finalization_error_code: at('token', 'last_finalization_error.code'),
    last_finalization_error_type: at('token', 'last_finalization_error.type'),
    number: at('text', 'number'),
    receipt_number: at('text', 'receipt_number'),
    status: at('token', 'status'),
    subscription: at('token', 'parent.subscription_details.subscription'),
    total: at('number', 'total'),
  },
  payment_intents: {
    amount: at('number', 'amount'),
    created: at('number', 'created'),
    currency: at('token', 'currency'),
    customer: at('token', 'customer'),
    status: at('token', 'status'),
  },
  prices: {
    active: at('token', 'active'),
    currency: at('token', 'currency'),
    lookup_key: at('text', 'lookup_key'),
    product: at('text', 'product'),
    type: at('text', 'type'),
  },
  products: {
    active: at('token', 'active'),
    description: at('text', 'description'),
    name: at('text', 'name'),
    shippable: at('token', 'shippable'),
    url: at('text', 'url'),
  },
  subscriptions: {
    canceled_at: at('number', 'canceled_at'),
    created: at('number', 'created'),
    status: at('token', 'status'),
  },
}

/** `payment_method_details.card.last4` and the like: the middle is the type of the method. */
const CARD_FIELD =
  /^payment_method_details\.[a-z_]+\.(?:brand|exp_month|exp_year|fingerprint|last4)$/

/** How a field of a resource is searched; `undefined` when it cannot be. */
export function searchField(
  resource: Searchable,
  field: string,
  key: string | undefined,
): SearchField | undefined {
  if (key !== undefined) {
    return {
      type: 'token',
      read: ({ metadata }) => {
        const pairs = (metadata ?? {}) as Readonly<Record<string, string>>
        return Object.hasOwn(pairs, key) ? pairs[key] : null
      },
    }
  }
  if (resource === 'charges' && CARD_FIELD.test(field)) return at('token', field)
  const fields = FIELDS[resource]
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

function at(type: FieldType, path: string): SearchField {
  const names = path.split('.')
  return {
    type,
    read: (object) => {
      let value: unknown = object
      for (const name of names) {
        if (typeof value !== 'object' || value === null) return null
        value = (value as Readonly<Record<string, unknown>>)[name]
      }
      return value
    },
  }
}

// Parameters that the `stripe` package sends and stripe-mock, whose description is older,
// refuses or does not know. They are checked here, and kept from stripe-mock.
import { ENDIVE_BILLING } from './endive-billing.ts'
import { ENDIVE_PAYMENTS } from './endive-payments.ts'

/**
 * One addition to a parameter of an operation. `new`: the parameter itself; `values`: of an
 * enumeration; `option`: another type; `optional`: it was required, and `type` is what
 * stripe-mock is told instead.
 */
export interface EndiveEntry {
  /** `POST /v1/subscriptions` */
  readonly operation: string
  /** From the top, `[]` for the items of a list: `items[].current_trial`. */
  readonly path: string
  readonly kind: 'new' | 'values' | 'option' | 'optional'
  /** As `parseType` reads it. */
  readonly type: string
}

const KINDS = { '+': 'values', '~': 'option', '?': 'optional' } as const

/** Operations, one a line, and below them their parameters: `+` adds values, `~` a type, `?` marks what is no longer required. */
function parseEntries(text: string): readonly EndiveEntry[] {
  const entries: EndiveEntry[] = []
  let operations: string[] = []
  let isListing = false
  for (const line of text.split('\n')) {
    const [, mark, path = '', type = ''] = /^ {2}([+~?]?)(\S+): (.*)$/.exec(line) ?? []
    if (mark === undefined) {
      if (!isListing) operations = []
      isListing = true
      if (line !== '') operations.push(line)
      continue
    }
    isListing = false
    const kind = KINDS[mark as keyof typeof KINDS] ?? 'new'
    for (const operation of operations) entries.push({ operation, path, kind, type })
  }
  return entries
}

export const endive: readonly EndiveEntry[] = [ENDIVE_BILLING, ENDIVE_PAYMENTS].flatMap(
  parseEntries,
)

/** Parameters that endive took away, by the operation: refused when a request names that version or a later one. Source: the CHANGELOG of stripe 23.0. */
export const removedInEndive: ReadonlyMap<string, string> = new Map([
  ['POST /v1/checkout/sessions', 'payment_method_types'],
  ['POST /v1/payment_intents', 'payment_method_types'],
  ['POST /v1/payment_intents/{intent}', 'payment_method_types'],
  ['POST /v1/payment_intents/{intent}/confirm', 'payment_method_types'],
  ['POST /v1/setup_intents', 'payment_method_types'],
  ['POST /v1/setup_intents/{intent}', 'payment_method_types'],
])

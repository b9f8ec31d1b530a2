import { invalidParameter, type StripeError } from '../api/stripe-error.ts'

export type Operator = ':' | '~' | '>' | '<' | '>=' | '<='

/** `-email:"amy@example.com"`, taken apart. */
export interface Clause {
  readonly isNegated: boolean
  /** With its dots; `metadata` for metadata of any key. */
  readonly field: string
  /** Of metadata. */
  readonly key?: string
  readonly operator: Operator
  /** `null` for the word `null`; a number for digits without quotes. */
  readonly value: string | number | null
}

export interface Query {
  readonly clauses: readonly Clause[]
  readonly combinator: 'and' | 'or'
}

const MOST_CLAUSES = 10

const FIELD = /-?([a-z_][\w.]*)/y
const KEY = /\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/y
const OPERATOR = /[<>]=?|[:~]/y
const VALUE =
  /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)|(null)(?![\w.])/iy
const COMBINATOR = /\s+(?:(and|or)\s+)?|$/iy

/**
 * Takes a query of Stripe's search apart.
 *
 * Source: https://docs.stripe.com/search#search-query-language
 *
 * @throws StripeError 400: it is no query, mixes `AND` with `OR`, or has more than 10 clauses
 */
export function parseQuery(query: string): Query {
  const text = query.trim()
  const clauses: Clause[] = []
  const combinators = new Set<'and' | 'or'>()
  let at = 0
  for (;;) {
    const { clause, end } = parseClause(text, at)
    clauses.push(clause)
    const between = matchAt(COMBINATOR, text, end)
    if (between === undefined) throw unparsable(end, 'a space, AND, OR or the end')
    if (between[0] === '') break
    // A space alone means AND.
    combinators.add(between[1]?.toLowerCase() === 'or' ? 'or' : 'and')
    at = end + between[0].length
  }
  // The wordings of the two refusals are unverified against Stripe.
  if (combinators.size > 1)
    throw refused('A search query cannot contain both AND and OR.')
  if (clauses.length > MOST_CLAUSES)
    throw refused(`A search query can have up to ${MOST_CLAUSES} clauses.`)
  return { clauses, combinator: combinators.has('or') ? 'or' : 'and' }
}

/** A query that cannot be meant. */
export function refused(message: string): StripeError {
  return invalidParameter(message, { param: 'query' })
}

function parseClause(
  text: string,
  start: number,
): { readonly clause: Clause; readonly end: number } {
  const named = matchAt(FIELD, text, start)
  if (named === undefined) throw unparsable(start, 'a field')
  let at = start + named[0].length
  const field = named[1] ?? ''
  const keyed = matchAt(KEY, text, at)
  if ((field === 'metadata') !== (keyed !== undefined))
    throw unparsable(at, field === 'metadata' ? '["key"]' : 'an operator')
  at += keyed?.[0].length ?? 0
  const operator = matchAt(OPERATOR, text, at)?.[0] as Operator | undefined
  if (operator === undefined) throw unparsable(at, 'an operator')
  at += operator.length
  const valued = matchAt(VALUE, text, at)
  if (valued === undefined) throw unparsable(at, 'a value in quotes, a number or null')
  const key = keyed && unescaped(keyed[1] ?? keyed[2] ?? '')
  const clause = {
    isNegated: named[0].startsWith('-'),
    field,
    ...(key !== undefined && { key }),
    operator,
    value: readValue(valued),
  }
  return { clause, end: at + valued[0].length }
}

function readValue([, double, single, digits]: RegExpExecArray): Clause['value'] {
  const quoted = double ?? single
  if (quoted !== undefined) return unescaped(quoted)
  return digits === undefined ? null : Number(digits)
}

/** A backslash stands before a quote, or before another one. */
function unescaped(text: string): string {
  return text.replace(/\\(["'\\])/g, '$1')
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

/** Stripe's sentence, and where; Stripe does not say where. */
function unparsable(at: number, expected: string): StripeError {
  return refused(
    `We were unable to parse your search query. Try using the format \`metadata["key"]:"value"\` to query for metadata or key:"value" to query for other fields. (At character ${at + 1}: expected ${expected}.)`,
  )
}

import { type Clause, type Operator, type Query, refused } from './parse-query.ts'
import { type Searchable, type SearchField, searchField } from './search-fields.ts'

type Matches = (object: object) => boolean

const COMPARISONS: Readonly<
  Partial<Record<Operator, (value: number, other: number) => boolean>>
> = {
  '>': (value, other) => value > other,
  '<': (value, other) => value < other,
  '>=': (value, other) => value >= other,
  '<=': (value, other) => value <= other,
}

const SHORTEST_PART = 3

/**
 * Makes the test whether an object answers to a query. Nothing in it heeds case.
 *
 * @throws StripeError 400: a field of the query cannot be searched, or not in this way
 */
export function matcherOf({ clauses, combinator }: Query, resource: Searchable): Matches {
  const matchers = clauses.map((clause) => clauseMatcher(clause, resource))
  return combinator === 'and'
    ? (object) => matchers.every((matches) => matches(object))
    : (object) => matchers.some((matches) => matches(object))
}

function clauseMatcher(clause: Clause, resource: Searchable): Matches {
  const { field, isNegated } = clause
  const known = searchField(resource, field, clause.key)
  if (known === undefined) {
    throw refused(
      `Field \`${field}\` is an unsupported search field for resource \`${resource}\`. See http://stripe.com/docs/search#query-fields-for-${resource.replaceAll('_', '-')} for a list of supported fields.`,
    )
  }
  const matches = valueMatcher(clause, known)
  const read = (object: object): unknown =>
    known.read(object as Readonly<Record<string, unknown>>)
  return isNegated
    ? (object) => !matches(read(object))
    : (object) => matches(read(object))
}

/** The wordings of the refusals are unverified against Stripe. */
function valueMatcher(
  { field, operator, value }: Clause,
  { type }: SearchField,
): (found: unknown) => boolean {
  if (value === null) {
    if (operator !== ':') throw refused(`null can only be searched for with \`:\`.`)
    return isMissing
  }
  if (operator === '~') {
    if (type !== 'text')
      throw refused(`Field \`${field}\` does not support the operator \`~\`.`)
    const part = String(value).toLowerCase()
    if (part.length < SHORTEST_PART)
      throw refused(`A part to search for with \`~\` has at least 3 characters.`)
    return (found) => !isMissing(found) && String(found).toLowerCase().includes(part)
  }
  if (type === 'number') return numberMatcher(field, operator, value)
  if (operator !== ':')
    throw refused(`Field \`${field}\` does not support the operator \`${operator}\`.`)
  const wanted = String(value).toLowerCase()
  return (found) => !isMissing(found) && String(found).toLowerCase() === wanted
}

function numberMatcher(
  field: string,
  operator: Operator,
  value: string | number,
): (found: unknown) => boolean {
  const wanted = value === '' ? Number.NaN : Number(value)
  if (Number.isNaN(wanted))
    throw refused(`Field \`${field}\` is a number, and \`${value}\` is none.`)
  const compare = COMPARISONS[operator] ?? ((one, other) => one === other)
  return (found) => typeof found === 'number' && compare(found, wanted)
}

function isMissing(found: unknown): boolean {
  return found === null || found === undefined || found === ''
}

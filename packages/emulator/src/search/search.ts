import { Buffer } from 'node:buffer'
import { limitOf } from '../api/list.ts'
import { list, text } from '../api/params.ts'
import type { Call, Route } from '../api/route.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { Collection, StripeObject } from '../state/collection.ts'
import { matcherOf } from './match-query.ts'
import { parseQuery, refused } from './parse-query.ts'
import type { Searchable } from './search-fields.ts'

/** Source: https://docs.stripe.com/api/pagination/search */
interface SearchResult {
  readonly object: 'search_result'
  readonly data: readonly StripeObject[]
  readonly has_more: boolean
  readonly next_page: string | null
  readonly url: string
  /** Answered on `expand` only. */
  readonly total_count?: number
}

const COLLECTIONS: Readonly<
  Record<Searchable, (account: Account) => Collection<StripeObject>>
> = {
  charges: ({ charges }) => charges,
  customers: ({ customers }) => customers,
  invoices: ({ invoices }) => invoices,
  payment_intents: ({ paymentIntents }) => paymentIntents,
  prices: ({ prices }) => prices,
  products: ({ products }) => products,
  subscriptions: ({ subscriptions }) => subscriptions,
}

export const searchRoutes: readonly Route[] = (
  Object.keys(COLLECTIONS) as Searchable[]
).map((resource) => ({
  operation: `GET /v1/${resource}/search`,
  run: (call: Call) => search(call, resource),
  missing: [
    'the delay: Stripe finds what is new or changed after up to a minute, the emulator at once',
  ],
  unverified: [
    'the order: newest first',
    'what lives on a test clock is found too',
    'the wording of refusals, but for unknown fields and queries that cannot be parsed',
  ],
}))

function search({ account, params }: Call, resource: Searchable): SearchResult {
  const query = text(params, 'query')
  if (!query) throw refused('Missing required param: query.')
  const collection = COLLECTIONS[resource](account)
  const matches = matcherOf(parseQuery(query), resource)
  const limit = limitOf(params)
  const page = text(params, 'page')
  const found: StripeObject[] = []
  for (const object of page ? rest(collection, page, query) : collection.newestFirst()) {
    if (!matches(object)) continue
    found.push(object)
    if (found.length > limit) break
  }
  const data = found.slice(0, limit)
  const [last, next] = [data.at(-1), found[limit]]
  return {
    object: 'search_result',
    data,
    has_more: next !== undefined,
    next_page:
      last === undefined || next === undefined ? null : pageToken(last, next, query),
    url: `/v1/${resource}/search`,
    ...(list(params, 'expand').includes('total_count') && {
      total_count: count(collection, matches),
    }),
  }
}

function count(
  collection: Collection<StripeObject>,
  matches: (object: object) => boolean,
): number {
  let total = 0
  for (const object of collection.all()) if (matches(object)) total += 1
  return total
}

/** Where a page ends and the next begins: one of the two may be deleted before it is asked for. */
function pageToken(last: StripeObject, next: StripeObject, query: string): string {
  return Buffer.from(JSON.stringify([last.id, next.id, query])).toString('base64url')
}

function* rest(
  collection: Collection<StripeObject>,
  token: string,
  query: string,
): Generator<StripeObject> {
  const [lastId, nextId, itsQuery] = decoded(token)
  const last = collection.find(String(lastId))
  const next = collection.find(String(nextId))
  if (itsQuery !== query || (last ?? next) === undefined) {
    throw invalidParameter(`Invalid page: ${token}`, { param: 'page' })
  }
  if (last === undefined && next !== undefined) yield next
  yield* collection.newestFirst(last ?? next)
}

function decoded(token: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

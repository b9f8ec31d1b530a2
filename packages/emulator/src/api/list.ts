import type { Collection, StripeObject } from '../state/collection.ts'
import { integer, nested, type Params, text } from './params.ts'
import { invalidParameter, noSuch } from './stripe-error.ts'

/** Source: https://docs.stripe.com/api/pagination */
export interface List<T = unknown> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}

/** A list that is whole, as it stands inside of other objects. */
export function listOf<T>(data: readonly T[], url: string): List<T> {
  return { object: 'list', data, has_more: false, url }
}

/** One page, newest first, by Stripe's cursors and `created`. */
export function page<T extends StripeObject>(
  collection: Collection<T>,
  url: string,
  params: Params,
  isWanted: (object: T) => boolean = () => true,
): List<T> {
  const limit = limitOf(params)
  const isWithin = within(params, 'created')
  const matches = (object: T) => isWithin(object.created) && isWanted(object)
  const before = text(params, 'ending_before')
  if (before) {
    const end = collection.get(before, 'ending_before', 400)
    const found = take(collection.oldestFirst(end), limit + 1, matches)
    const data = found.slice(0, limit).reverse()
    return { object: 'list', data, has_more: found.length > limit, url }
  }
  const after = text(params, 'starting_after')
  const start = after ? collection.get(after, 'starting_after', 400) : undefined
  const found = take(collection.newestFirst(start), limit + 1, matches)
  return {
    object: 'list',
    data: found.slice(0, limit),
    has_more: found.length > limit,
    url,
  }
}

/** A page of few objects that are in no collection of their own, in the order given. */
export function pageOfArray<T extends { readonly id: string }>(
  objects: readonly T[],
  url: string,
  params: Params,
): List<T> {
  const limit = limitOf(params)
  const placeOf = (name: string): number | undefined => {
    const cursor = text(params, name)
    if (!cursor) return undefined
    const place = objects.findIndex(({ id }) => id === cursor)
    if (place < 0) throw noSuch('item', cursor, name, 400)
    return place
  }
  const end = placeOf('ending_before')
  if (end !== undefined) {
    const data = objects.slice(Math.max(0, end - limit), end)
    return { object: 'list', data, has_more: end > limit, url }
  }
  const start = (placeOf('starting_after') ?? -1) + 1
  const data = objects.slice(start, start + limit)
  return { object: 'list', data, has_more: start + limit < objects.length, url }
}

/** How many of a list are asked for. */
export function limitOf(params: Params): number {
  const limit = integer(params, 'limit') ?? 10
  if (limit >= 1 && limit <= 100) return limit
  throw invalidParameter(
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to 100 (it currently is '${limit}').`,
    { code: 'parameter_invalid_integer', param: 'limit' },
  )
}

function take<T>(
  objects: Iterable<T>,
  count: number,
  matches: (object: T) => boolean,
): T[] {
  const taken: T[] = []
  for (const object of objects) {
    if (!matches(object)) continue
    taken.push(object)
    if (taken.length === count) break
  }
  return taken
}

/** Whether an object has the values that the parameters of these names ask for. */
export function matching<Name extends string>(
  params: Params,
  names: readonly Name[],
): (object: Readonly<Record<Name, unknown>>) => boolean {
  const wanted = names.flatMap((name) => {
    const value = text(params, name)
    return value ? [[name, value] as const] : []
  })
  return (object) => wanted.every(([name, value]) => object[name] === value)
}

/** Whether a time is within `created=…`, or `created[gte]=…` and the like. */
export function within(params: Params, name: string): (time: number) => boolean {
  const range = nested(params, name)
  if (range === undefined) {
    const at = integer(params, name)
    return (time) => at === undefined || time === at
  }
  const above = integer(range, 'gt') ?? -1
  const from = integer(range, 'gte') ?? 0
  const below = integer(range, 'lt') ?? Number.POSITIVE_INFINITY
  const to = integer(range, 'lte') ?? Number.POSITIVE_INFINITY
  return (time) => time > above && time >= from && time < below && time <= to
}

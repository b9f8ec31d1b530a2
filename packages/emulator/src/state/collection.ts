import { integer, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, noSuch } from '../api/stripe-error.ts'

/** Anything with an id that Stripe keeps. */
export interface StripeObject {
  readonly id: string
  readonly object: string
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number
}

export interface ListPage {
  readonly object: 'list'
  readonly data: readonly unknown[]
  readonly has_more: boolean
  readonly url: string
}

/** All objects of one kind, in the order in which they were made. */
export class Collection<T extends StripeObject> {
  readonly #kind: string
  readonly #objects = new Map<string, T>()

  /** @param kind As error messages name it: `No such payment_intent: 'pi_1'`. */
  constructor(kind: string) {
    this.#kind = kind
  }

  add(object: T): T {
    this.#objects.set(object.id, object)
    return object
  }

  find(id: string): T | undefined {
    return this.#objects.get(id)
  }

  /** @throws StripeError `resource_missing` */
  get(id: string, param = 'id', status: 400 | 404 = 404): T {
    const object = this.#objects.get(id)
    if (object === undefined) throw noSuch(this.#kind, id, param, status)
    return object
  }

  remove(id: string): void {
    this.#objects.delete(id)
  }

  all(): readonly T[] {
    return [...this.#objects.values()]
  }

  /** One page, newest first, by Stripe's cursors. Source: https://docs.stripe.com/api/pagination */
  page(
    url: string,
    params: Params,
    isWanted: (object: T) => boolean = () => true,
  ): ListPage {
    const limit = integer(params, 'limit') ?? 10
    if (limit < 1 || limit > 100) {
      throw invalidParameter('Invalid integer: limit must be between 1 and 100', {
        param: 'limit',
      })
    }
    const wanted = this.all()
      .filter((object) => isWanted(object) && isWithin(object, params))
      .reverse()
    const after = text(params, 'starting_after')
    const before = text(params, 'ending_before')
    if (before) {
      const end = this.#position(wanted, before, 'ending_before')
      const start = Math.max(0, end - limit)
      return { object: 'list', data: wanted.slice(start, end), has_more: start > 0, url }
    }
    const start = after ? this.#position(wanted, after, 'starting_after') + 1 : 0
    const data = wanted.slice(start, start + limit)
    return { object: 'list', data, has_more: start + limit < wanted.length, url }
  }

  #position(objects: readonly T[], id: string, param: string): number {
    const index = objects.findIndex((object) => object.id === id)
    if (index < 0) throw noSuch(this.#kind, id, param, 400)
    return index
  }
}

/** `created=…`, or `created[gte]=…` and the like. */
function isWithin({ created }: StripeObject, params: Params): boolean {
  const range = nested(params, 'created')
  if (range === undefined) return created === (integer(params, 'created') ?? created)
  return (
    created > (integer(range, 'gt') ?? -1) &&
    created >= (integer(range, 'gte') ?? 0) &&
    created < (integer(range, 'lt') ?? Number.POSITIVE_INFINITY) &&
    created <= (integer(range, 'lte') ?? Number.POSITIVE_INFINITY)
  )
}

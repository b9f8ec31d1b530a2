import { noSuch } from '../api/stripe-error.ts'

/** Anything with an id that Stripe keeps. */
export interface StripeObject {
  readonly id: string
  readonly object: string
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number
}

/** All objects of one kind, in the order in which they were made. */
export class Collection<T extends StripeObject> {
  /** As error messages name it: `No such payment_intent: 'pi_1'`. */
  readonly kind: string
  readonly #objects = new Map<string, T>()
  /** What was deleted is remembered by its id alone. */
  readonly #deleted = new Set<string>()
  readonly #indexes: ReadonlyMap<string, Map<unknown, Set<T>>>
  /** In order of their making; a hole is one that was removed. */
  #order: (T | undefined)[] = []
  #added = 0
  readonly #places = new Map<string, number>()
  /** Before this place of the order there are only holes. */
  #first = 0

  /** @param indexed Fields that objects can be found by, and whose value never changes. */
  constructor(kind: string, indexed: readonly (keyof T & string)[] = []) {
    this.kind = kind
    this.#indexes = new Map(indexed.map((field) => [field, new Map()]))
  }

  /** How many there have been, those that are gone included. */
  get added(): number {
    return this.#added
  }

  get size(): number {
    return this.#objects.size
  }

  add(object: T): T {
    this.#added += 1
    this.#objects.set(object.id, object)
    this.#places.set(object.id, this.#order.length)
    this.#order.push(object)
    for (const [field, index] of this.#indexes) {
      const value = object[field as keyof T]
      const found = index.get(value)
      if (found === undefined) index.set(value, new Set([object]))
      else found.add(object)
    }
    return object
  }

  find(id: string): T | undefined {
    return this.#objects.get(id)
  }

  /** @throws StripeError `resource_missing`: 404 for an id in the path, 400 for one in a parameter */
  get(id: string, param = 'id', status: 400 | 404 = 404): T {
    const object = this.#objects.get(id)
    if (object === undefined) throw noSuch(this.kind, id, param, status)
    return object
  }

  /** Removes an object, and remembers that it was: Stripe still answers the id of some kinds. */
  delete(id: string): void {
    this.forget(id)
    this.#deleted.add(id)
  }

  /** Removes an object as if it had never been. */
  forget(id: string): void {
    const object = this.#objects.get(id)
    const place = this.#places.get(id)
    if (object === undefined || place === undefined) return
    this.#objects.delete(id)
    this.#places.delete(id)
    this.#order[place] = undefined
    for (const [field, index] of this.#indexes) {
      const value = object[field as keyof T]
      const found = index.get(value)
      found?.delete(object)
      if (found?.size === 0) index.delete(value)
    }
    if (this.#order.length > 64 && this.#order.length > 2 * this.#objects.size)
      this.#compact()
  }

  wasDeleted(id: string): boolean {
    return this.#deleted.has(id)
  }

  /** The one that was made before all others. */
  oldest(): T | undefined {
    while (this.#first < this.#order.length && this.#order[this.#first] === undefined) {
      this.#first++
    }
    return this.#order[this.#first]
  }

  /** Oldest first. */
  all(): IterableIterator<T> {
    return this.#objects.values()
  }

  /** Those whose indexed field has a value, oldest first. */
  where(field: keyof T & string, value: unknown): readonly T[] {
    const index = this.#indexes.get(field)
    if (index === undefined) throw new TypeError(`${this.kind} has no index ${field}`)
    return [...(index.get(value) ?? [])]
  }

  /** From an object on, newest first; without one, all. */
  *newestFirst(after?: T): Generator<T> {
    const place = after === undefined ? undefined : this.#places.get(after.id)
    for (let at = (place ?? this.#order.length) - 1; at >= 0; at--) {
      const object = this.#order[at]
      if (object !== undefined) yield object
    }
  }

  /** From an object on, oldest first. */
  *oldestFirst(after: T): Generator<T> {
    const place = this.#places.get(after.id) ?? -1
    for (let at = place + 1; at < this.#order.length; at++) {
      const object = this.#order[at]
      if (object !== undefined) yield object
    }
  }

  #compact(): void {
    this.#order = [...this.#objects.values()]
    this.#first = 0
    for (const [place, object] of this.#order.entries()) {
      if (object !== undefined) this.#places.set(object.id, place)
    }
  }
}

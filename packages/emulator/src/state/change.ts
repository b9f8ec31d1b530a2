import { isDeepStrictEqual } from 'node:util'

/** What a change replaced, as an event tells it. */
export type PreviousAttributes = Readonly<Record<string, unknown>>

/**
 * Remembers an object, to tell afterwards what a change replaced, or `undefined` when
 * nothing did. The fields of the object may be set in between; what they hold (hashes and
 * lists) is replaced, never changed in place.
 *
 * Inside hashes Stripe lists only the keys that changed, lists whole, and a new key of
 * `metadata` with the value `null`.
 *
 * Source: https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function changeOf(object: object): {
  readonly previousAttributes: () => PreviousAttributes | undefined
} {
  const before = { ...object }
  return { previousAttributes: () => difference(before, object) }
}

/** Sets fields of an object, and tells what they were; `undefined` when they were so already. */
export function change<T extends object>(
  object: T,
  fields: Partial<T>,
): PreviousAttributes | undefined {
  const since = changeOf(object)
  Object.assign(object, fields)
  return since.previousAttributes()
}

function difference(before: object, after: object): Record<string, unknown> | undefined {
  let previous: Record<string, unknown> | undefined
  const old = before as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(after)) {
    const was = old[name] ?? null
    if (was === value || isDeepStrictEqual(was, value)) continue
    previous ??= {}
    previous[name] = isHash(was) && isHash(value) ? difference(was, value) : was
  }
  for (const name of Object.keys(before)) {
    if (Object.hasOwn(after, name)) continue
    previous ??= {}
    previous[name] = old[name]
  }
  return previous
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

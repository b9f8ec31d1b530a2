import { isDeepStrictEqual } from 'node:util'

/**
 * Remembers an object, to tell afterwards what a change replaced. Inside hashes Stripe
 * lists only the keys that changed, and a new key of `metadata` with the value `null`.
 *
 * Source: https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function changeOf(object: object): {
  readonly previousAttributes: () => Readonly<Record<string, unknown>> | undefined
} {
  const before = structuredClone(object)
  return { previousAttributes: () => difference(before, object) }
}

function difference(before: object, after: object): Record<string, unknown> | undefined {
  const previous: Record<string, unknown> = {}
  const old = new Map<string, unknown>(Object.entries(before))
  for (const [name, value] of Object.entries(after)) {
    const was = old.get(name) ?? null
    if (isDeepStrictEqual(was, value)) continue
    previous[name] = isHash(was) && isHash(value) ? difference(was, value) : was
  }
  for (const [name, was] of old) {
    if (!Object.hasOwn(after, name)) previous[name] = was
  }
  return Object.keys(previous).length === 0 ? undefined : previous
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { type Fields, fieldsOf } from './fields.ts'

/** Nothing that is mirrored lies deeper. */
const DEPTH = 8

/**
 * An object as it was before a change. Inside hashes `previous_attributes` has only the
 * keys that changed, lists whole, and `null` for a key that was not there.
 *
 * Source: https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
 */
export function beforeChange(
  object: Fields,
  previous: Fields,
  depth: number = DEPTH,
): Fields {
  const before = Object.entries(previous).map(([name, was]) => {
    const now = fieldsOf(object[name])
    const old = fieldsOf(was)
    const isInside = now !== undefined && old !== undefined && depth > 0
    return [name, isInside ? beforeChange(now, old, depth - 1) : was]
  })
  // Not by assignment: the name may be `__proto__`.
  return Object.fromEntries([...Object.entries(object), ...before])
}

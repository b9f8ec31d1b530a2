import type { Account } from '../state/account.ts'
import { changeOf, type PreviousAttributes } from '../state/change.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { toOldShape } from './old-shape.ts'

/** What an event tells. */
export interface EventData {
  readonly object: Fields
  readonly previous_attributes?: PreviousAttributes
}

/** The first version of the shape that objects are kept in. */
const BASIL = '2025-03-31'

/**
 * Whether a version is older than basil, in which invoices and subscriptions changed most.
 * There are two shapes: versions before it are shown as 2025-02-24.acacia, all others as
 * the SDK's.
 *
 * Source: https://docs.stripe.com/changelog/basil
 */
export function isOldVersion(version: string): boolean {
  return version < BASIL
}

/** An object as an API version shows it. It is kept in the shape of the newest. */
export function render(value: unknown, version: string, account: Account): unknown {
  return isOldVersion(version) ? toOldShape(value, account) : value
}

/** What an event tells, as an API version shows it. What changed is worked out anew: the fields of one version are not those of the other. */
export function renderEventData(
  data: EventData,
  version: string,
  account: Account,
): EventData {
  if (!isOldVersion(version)) return data
  const object = fieldsOf(toOldShape(data.object, account)) ?? {}
  if (data.previous_attributes === undefined) return { object }
  const before = fieldsOf(
    toOldShape(overlay(data.object, data.previous_attributes), account),
  )
  return { object, previous_attributes: previousOf(before ?? {}, object) }
}

/** The object as it was: hashes of `previous_attributes` hold only the keys that changed. */
function overlay(object: Fields, previous: Fields): Fields {
  const before: Record<string, unknown> = { ...object }
  for (const [name, was] of Object.entries(previous)) {
    const now = fieldsOf(object[name])
    const old = fieldsOf(was)
    before[name] = now !== undefined && old !== undefined ? overlay(now, old) : was
  }
  return before
}

function previousOf(before: Fields, after: Fields): PreviousAttributes {
  const object: Record<string, unknown> = { ...before }
  const since = changeOf(object)
  for (const name of Object.keys(before)) if (!(name in after)) delete object[name]
  Object.assign(object, after)
  return since.previousAttributes() ?? {}
}

import { list, type Params } from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import { includables } from './includables.ts'

/** A path such as `latest_charge` or `data.customer`, cut at its dots. */
type ExpandPath = readonly string[]

/** What a request wants expanded. Known before it acts, so that nothing is done for one that cannot be answered. */
export function expandPaths(params: Params): readonly ExpandPath[] {
  return list(params, 'expand').map((path) => {
    const names = path.split('.')
    if (names.length <= 4) return names
    throw invalidParameter(
      `You cannot expand more than 4 levels of a property. Property: ${path}`,
      { param: 'expand' },
    )
  })
}

/** How an object that was found is shown: fields of an old version can be expanded too. */
type Show = (object: unknown) => unknown

/** A copy in which ids along paths are replaced by the objects that they name, and what is answered only on request is there. */
export function expand(
  value: unknown,
  paths: readonly ExpandPath[],
  account: Account,
  show: Show = (object) => object,
): unknown {
  let expanded = value
  for (const names of paths) expanded = expandPath(expanded, names, account, show)
  return expanded
}

/** Copies what it changes, and shares the rest. */
function expandPath(
  value: unknown,
  names: readonly string[],
  account: Account,
  show: Show,
): unknown {
  const [name, ...rest] = names
  const found =
    typeof value === 'string' ? show(objectOf(account, value)) : plainOf(value)
  if (name === undefined) return found ?? value
  if (Array.isArray(found))
    return found.map((item) => expandPath(item, names, account, show))
  if (typeof found !== 'object' || found === null) return value
  const object = found as Readonly<Record<string, unknown>>
  const include = includables[String(object.object)]?.[name]
  const inner =
    include !== undefined && object[name] === undefined && object.deleted !== true
      ? show(include(account, object as never))
      : object[name]
  // A deleted object has nothing more to expand, and is answered as what is left of it.
  if (inner === undefined) return found
  return { ...object, [name]: expandPath(inner, rest, account, show) }
}

/** What an id names: of a deleted object, what Stripe still answers of it. */
function objectOf(account: Account, id: string): unknown {
  const found = account.find(id)
  if (found !== undefined) return plainOf(found)
  const { customers, products } = account
  for (const collection of [customers, products] as const)
    if (collection.wasDeleted(id)) return { id, object: collection.kind, deleted: true }
  return undefined
}

function plainOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'toJSON' in value
    ? JSON.parse(JSON.stringify(value))
    : value
}

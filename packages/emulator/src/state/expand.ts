import { list, type Params } from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'

/** A path such as `latest_charge` or `data.customer`, cut at its dots. */
type ExpandPath = readonly string[]

/** What a request wants expanded. Known before it acts, so that nothing is done for one that cannot be answered. */
export function expandPaths(params: Params): readonly ExpandPath[] {
  return list(params, 'expand').map((path) => {
    const names = path.split('.')
    if (names.length <= 4) return names
    throw invalidParameter('You cannot expand more than 4 levels of a property', {
      param: 'expand',
    })
  })
}

/** Replaces ids by the objects that they name, along paths. */
export function expand(
  value: unknown,
  paths: readonly ExpandPath[],
  find: (id: string) => unknown,
): unknown {
  let expanded = structuredClone(value)
  for (const names of paths) expanded = expandPath(expanded, names, find)
  return expanded
}

function expandPath(
  value: unknown,
  names: readonly string[],
  find: (id: string) => unknown,
): unknown {
  const [name, ...rest] = names
  if (name === undefined) {
    return typeof value === 'string' ? structuredClone(find(value) ?? value) : value
  }
  const found = typeof value === 'string' ? structuredClone(find(value)) : value
  if (Array.isArray(found)) return found.map((item) => expandPath(item, names, find))
  if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name))
    return value
  const record = found as Record<string, unknown>
  record[name] = expandPath(record[name], rest, find)
  return record
}

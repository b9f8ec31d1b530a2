import { invalidRequest } from '../api/stripe-error.ts'

/** Replaces ids by the objects that they name, along paths such as `latest_charge` or `data.customer`. */
export function expand(
  value: unknown,
  paths: readonly string[],
  find: (id: string) => unknown,
): unknown {
  let expanded = structuredClone(value)
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > 4) {
      throw invalidRequest('You cannot expand more than 4 levels of a property', {
        param: 'expand',
      })
    }
    expanded = expandPath(expanded, names, find)
  }
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

export type Fields = Readonly<Record<string, unknown>>

/** The value when it is a hash. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined
}

/** What is at a path of hashes; `undefined` when the path ends before. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => fieldsOf(inner)?.[name], value)
}

/** The id of what is an id, or an object that was expanded. */
export function idOf(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value : at(value, 'id')
  return typeof id === 'string' ? id : undefined
}

/** A copy without some fields; `card.network` is one of a hash. What has none of them is not copied. */
export function without(fields: Fields, paths: readonly string[]): Fields {
  return paths.reduce(withoutPath, fields)
}

function withoutPath(fields: Fields, path: string): Fields {
  const [name = '', ...rest] = path.split('.')
  if (!(name in fields)) return fields
  if (rest.length === 0) {
    const { [name]: _, ...others } = fields
    return others
  }
  const hash = fieldsOf(fields[name])
  if (hash === undefined) return fields
  const inner = withoutPath(hash, rest.join('.'))
  return inner === hash ? fields : { ...fields, [name]: inner }
}

/** The hashes of an array. */
export function hashesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value)
    ? value.map(fieldsOf).filter((item) => item !== undefined)
    : []
}

/** An object with fields that it does not have yet, after its own. */
export function withMissing(object: Fields, missing: Fields): Fields {
  return { ...object, ...missing, ...object }
}

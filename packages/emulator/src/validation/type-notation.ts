import {
  anyOf,
  enumOf,
  hashOf,
  type ParameterType,
  type Property,
  STRING,
} from './parameter-type.ts'

/**
 * Reads a type as the list of newer parameters writes it: `string`, `integer`, `boolean`,
 * `card|link` (values), `''` (unsets), `[string]` (a list), `{name!: string, note: string}`
 * (a hash, `!` marks what is required), and any of these with `|` in between.
 */
export function parseType(notation: string): ParameterType {
  const tokens = notation.match(/[{}[\]|:,!]|[^\s{}[\]|:,!]+/g) ?? []
  let at = 0
  const fail = () => new TypeError(`No type: ${notation}`)

  function any(): ParameterType {
    const types: ParameterType[] = []
    const values: string[] = []
    do {
      const token = tokens[at++]
      if (token === '[') types.push(list())
      else if (token === '{') types.push(hash())
      else if (token === 'string') types.push(STRING)
      else if (token === 'integer' || token === 'boolean') types.push({ kind: token })
      else if (token === "''") types.push(enumOf(['']))
      else if (token !== undefined && /^[\w.-]+$/.test(token)) values.push(token)
      else throw fail()
    } while (tokens[at] === '|' && ++at)
    if (values.length > 0) types.push(enumOf(values))
    return anyOf(types)
  }
  function list(): ParameterType {
    const items = any()
    expect(']')
    return { kind: 'list', items }
  }
  function hash(): ParameterType {
    const properties: [string, Property][] = []
    let rest: ParameterType | undefined
    while (tokens[at] !== '}') {
      const name = tokens[at++] ?? ''
      const isRequired = tokens[at] === '!'
      if (isRequired) at += 1
      expect(':')
      const type = any()
      if (name === '*') rest = type
      else properties.push([name, { type, isRequired, isNew: false }])
      if (tokens[at] === ',') at += 1
      else if (tokens[at] !== '}') throw fail()
    }
    at += 1
    return hashOf(properties, rest === undefined ? {} : { rest })
  }
  function expect(token: string): void {
    if (tokens[at++] !== token) throw fail()
  }

  const type = any()
  if (at < tokens.length) throw fail()
  return type
}

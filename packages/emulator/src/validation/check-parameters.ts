import type { Params, ParamValue } from '../api/params.ts'
import type { EnumType, HashType, ParameterType, Property } from './parameter-type.ts'
import {
  empty,
  invalid,
  missing,
  notAmong,
  notAnInteger,
  notOf,
  type Refusal,
  tooLong,
  unknownParameters,
} from './refusals.ts'

/** How a request is changed before stripe-mock, which is older than the `stripe` package, sees it. */
export interface Edit {
  /** As in the encoded form: `items[0][price]`. */
  readonly name: string
  /** The value that is replaced; without it, the parameter goes with all that is in it. */
  readonly from?: string
  /** What is sent instead. */
  readonly to?: string
}

/** What a check has found out about a request that it does not refuse. */
export interface Findings {
  readonly edits: readonly Edit[]
  /** Each parameter with what of its value decides whether stripe-mock accepts it. */
  readonly shape: readonly string[]
}

interface Notes {
  readonly edits: Edit[]
  readonly shape: string[]
}

/** Where a value stands: as a message names it, and as the form does (`a[0]` may be sent as `a[]`). */
interface Place {
  readonly param: string
  readonly name: string
}

/** Checks parameters by their description, to the last level. */
export function checkParameters(params: Params, type: HashType): Refusal | Findings {
  const notes: Notes = { edits: [], shape: [] }
  return checkHash(params, type, undefined, notes) ?? notes
}

export function isRefusal(result: Refusal | Findings): result is Refusal {
  return 'message' in result
}

function checkHash(
  hash: Params,
  { properties, rest, isOpen }: HashType,
  place: Place | undefined,
  notes: Notes,
): Refusal | undefined {
  const names = Object.keys(hash)
  if (rest === undefined && !isOpen) {
    const unknown = names.filter((name) => !properties.has(name))
    if (unknown.length > 0)
      return unknownParameters(unknown.map((name) => within(place, name).param))
  }
  for (const [name, { isRequired, standIn }] of properties) {
    if (hash[name] !== undefined) continue
    if (isRequired) return missing(within(place, name).param)
    if (standIn !== undefined)
      notes.edits.push({ name: within(place, name).name, to: standIn })
  }
  for (const name of names) {
    const value = hash[name]
    const property = properties.get(name)
    const type = property?.type ?? rest
    if (value === undefined || type === undefined) continue
    const inner = within(place, name)
    if (property?.isRequired && value === '' && type.kind === 'string')
      return empty(inner.param)
    const refusal = property?.isNew
      ? checkNew(value, property.type, inner, notes)
      : check(value, type, inner, notes, property)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** stripe-mock does not hear of it; below the first level it lets pass what it does not know. */
function checkNew(
  value: ParamValue,
  type: ParameterType,
  place: Place,
  notes: Notes,
): Refusal | undefined {
  if (!place.name.includes('[')) notes.edits.push({ name: place.name })
  return check(value, type, place, { edits: [], shape: notes.shape }, undefined)
}

function check(
  value: ParamValue,
  type: ParameterType,
  place: Place,
  notes: Notes,
  property: Property | undefined,
): Refusal | undefined {
  // Sent twice: the last one counts.
  if (Array.isArray(value) && type.kind !== 'list')
    return check(value.at(-1) ?? '', type, place, notes, property)
  switch (type.kind) {
    case 'any':
      return checkAny(value, type, place, notes, property)
    case 'hash':
      if (typeof value === 'object') return checkHash(value as Params, type, place, notes)
      return value === '' ? empty(place.param) : notOf('object', place.param)
    case 'list':
      return checkList(value, type.items, place, notes)
    default:
      return typeof value === 'string'
        ? checkText(value, type, place, notes)
        : invalid(
            type.kind === 'enum' ? 'string' : type.kind,
            inspect(value),
            place.param,
          )
  }
}

function checkAny(
  value: ParamValue,
  type: Extract<ParameterType, { kind: 'any' }>,
  place: Place,
  notes: Notes,
  property: Property | undefined,
): Refusal | undefined {
  if (value === '' && type.isEmptyable) {
    notes.shape.push(`${place.name}=`)
    return undefined
  }
  const refusals: Refusal[] = []
  for (const option of type.options) {
    const tried: Notes = { edits: [], shape: [] }
    const refusal = check(value, option, place, tried, property)
    if (refusal === undefined) {
      notes.edits.push(...tried.edits)
      notes.shape.push(...tried.shape)
      return undefined
    }
    if (!isMeant(value, option)) continue
    if (option.kind === 'enum') refusals.push(refusal)
    else refusals.unshift(refusal)
  }
  if (type.newOption !== undefined) {
    const refusal = check(
      value,
      type.newOption,
      place,
      { edits: [], shape: notes.shape },
      undefined,
    )
    if (refusal === undefined) {
      const standIn = property?.isRequired ? { to: standInOf(type.options[0]) } : {}
      notes.edits.push({ name: place.name, ...standIn })
      return undefined
    }
    if (isMeant(value, type.newOption)) refusals.push(refusal)
  }
  // The one that got furthest is the one that was meant; of `now` and a time, the time.
  refusals.sort((a, b) => b.param.length - a.param.length)
  return refusals[0] ?? (value === '' ? empty(place.param) : wrongForm(value, place))
}

function wrongForm(value: ParamValue, { param }: Place): Refusal {
  return typeof value === 'string'
    ? notOf('object', param)
    : invalid('string', inspect(value), param)
}

function isMeant(value: ParamValue, { kind }: ParameterType): boolean {
  return (typeof value === 'object') === (kind === 'hash' || kind === 'list')
}

function checkList(
  value: ParamValue,
  items: ParameterType,
  place: Place,
  notes: Notes,
): Refusal | undefined {
  if (typeof value === 'string')
    return value === '' ? empty(place.param) : notOf('array', place.param)
  let index = 0
  for (const [key, item] of Object.entries(value)) {
    if (!/^\d*$/.test(key)) return notOf('array', place.param)
    // `a[]=x&a[]=y` arrives under the empty key.
    for (const one of key === '' && Array.isArray(item) ? item : [item]) {
      const inner = {
        param: `${place.param}[${key || index}]`,
        name: `${place.name}[${key}]`,
      }
      const refusal = check(one, items, inner, notes, undefined)
      if (refusal !== undefined) return refusal
      index += 1
    }
  }
  return undefined
}

function checkText(
  value: string,
  type: Exclude<ParameterType, { kind: 'hash' | 'list' | 'any' }>,
  { param, name }: Place,
  notes: Notes,
): Refusal | undefined {
  if (type.kind === 'enum') return checkEnum(value, type, { param, name }, notes)
  if (type.kind === 'string') {
    notes.shape.push(name)
    const { maxLength } = type
    // stripe-mock does not look at the length.
    return maxLength !== undefined && value.length > maxLength
      ? tooLong(value, maxLength, param)
      : undefined
  }
  notes.shape.push(`${name}:${type.kind}`)
  if (value === '') return empty(param)
  switch (type.kind) {
    case 'integer':
      return /^-?\d{1,18}$/.test(value) ? undefined : notAnInteger(value, param)
    case 'number':
      return /^-?\d{1,30}(\.\d{1,30})?$/.test(value)
        ? undefined
        : invalid('decimal', value, param)
    case 'boolean':
      return value === 'true' || value === 'false'
        ? undefined
        : invalid('boolean', value, param)
  }
}

function checkEnum(
  value: string,
  { values, newValues }: EnumType,
  { param, name }: Place,
  notes: Notes,
): Refusal | undefined {
  notes.shape.push(`${name}=${value}`)
  if (values.includes(value)) return undefined
  if (newValues.includes(value)) {
    notes.edits.push({ name, from: value, to: values[0] ?? '' })
    return undefined
  }
  const offered = [...values, ...newValues].filter((one) => one !== '')
  return value === '' ? empty(param) : notAmong(offered, param)
}

/** Something that stripe-mock accepts in place of what it does not know. */
function standInOf(type: ParameterType | undefined): string {
  if (type?.kind === 'enum') return type.values[0] ?? ''
  return type?.kind === 'string' ? 'x' : '1'
}

function within(place: Place | undefined, key: string): Place {
  return place === undefined
    ? { param: key, name: key }
    : { param: `${place.param}[${key}]`, name: `${place.name}[${key}]` }
}

/** As Stripe's messages show a hash. */
function inspect(value: ParamValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(inspect).join(', ')}]`
  const pairs = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}=>${inspect(inner ?? '')}`,
  )
  return `{${pairs.join(', ')}}`
}

import qs from 'qs'
import { invalidParameter } from './stripe-error.ts'

/** A decoded form: strings, lists and nested objects of them. */
export interface Params {
  readonly [name: string]: ParamValue | undefined
}
export type ParamValue = string | Params | readonly ParamValue[]

/**
 * Decodes `a[b][0]=c` as the Stripe SDKs encode it. Whether `[0]` is a place in a list or a
 * key, only the reader of a parameter knows, so nothing becomes a list here; and no key is
 * lost, whatever it is called.
 */
export function parseParams(encoded: string): Params {
  return qs.parse(encoded, {
    depth: 10,
    parameterLimit: 10_000,
    parseArrays: false,
    plainObjects: true,
  }) as Params
}

/** A text parameter; `''` unsets and gives `null`. */
export function text(params: Params, name: string): string | null | undefined {
  const value = params[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw invalidParameter(`Invalid string: ${name}`, { param: name })
  return value === '' ? null : value
}

/**
 * An integer parameter, in whatever unit its field has (amounts: the currency's smallest).
 *
 * @param path Of the hash that holds it, when it is inside of others.
 */
export function integer(params: Params, name: string, path = ''): number | undefined {
  const value = params[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) {
    throw invalidParameter(`Invalid integer: ${describe(value)}`, {
      code: 'parameter_invalid_integer',
      param: nameIn(path, name),
    })
  }
  return Number(value)
}

export function flag(params: Params, name: string): boolean | undefined {
  const value = params[name]
  return value === undefined ? undefined : value === 'true'
}

export function nested(params: Params, name: string): Params | undefined {
  const value = params[name]
  return typeof value === 'object' && !Array.isArray(value)
    ? (value as Params)
    : undefined
}

/** The texts of a list, sent as `name[0]=…`, as `name[]=…` or once. */
export function list(params: Params, name: string): readonly string[] {
  const textsOf = (value: ParamValue | undefined): readonly string[] => {
    if (value === undefined) return []
    return typeof value === 'string' ? [value] : Object.values(value).flatMap(textsOf)
  }
  return textsOf(params[name])
}

function describe(value: ParamValue): string {
  return typeof value === 'string' ? value : 'a hash'
}

/** The name of a parameter inside of others, as errors give it: `items[0][price]`. */
export function nameIn(path: string, name: string): string {
  return path === '' ? name : `${path}[${name}]`
}

/**
 * Merges metadata as Stripe does: a key with an empty value is removed, `metadata=` removes
 * all. Source: https://docs.stripe.com/api/metadata and https://docs.stripe.com/metadata.
 * Of the messages, that about the number of keys and that about brackets are unverified
 * against Stripe.
 *
 * @param path Of the hash that holds the metadata, when it is inside of others.
 * @throws StripeError 400: too many keys, or one that is too long
 */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  params: Params,
  path = '',
): Record<string, string> {
  if (params.metadata === undefined) return { ...current }
  if (params.metadata === '') return {}
  const merged = new Map(Object.entries(current))
  const param = nameIn(path, 'metadata')
  for (const [key, value] of Object.entries(nested(params, 'metadata') ?? {})) {
    const name = nameIn(param, key)
    checkMetadataKey(key, name)
    if (typeof value !== 'string')
      throw invalidParameter(`Invalid string: ${JSON.stringify(value)}`, { param: name })
    if (value.length > 500) {
      throw invalidParameter(
        `Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters. Invalid value: ${value}`,
        { param: name },
      )
    }
    if (value === '') merged.delete(key)
    else merged.set(key, value)
  }
  if (merged.size > 50) {
    throw invalidParameter(
      `You can have up to 50 metadata keys, but this object would have ${merged.size}.`,
      { param },
    )
  }
  // Not by assignment: a key may be called `__proto__`.
  return Object.fromEntries(merged)
}

function checkMetadataKey(key: string, param: string): void {
  if (key.length > 40) {
    throw invalidParameter(
      `Metadata keys can have up to 40 characters, but you passed in a key that is ${key.length} characters. Invalid key: ${key}`,
      { param },
    )
  }
  if (/[[\]]/.test(key)) {
    throw invalidParameter(
      `Metadata keys cannot contain square brackets. Invalid key: ${key}`,
      { param },
    )
  }
}

/** Whether these values are among the parameters of a request. */
export function hasParams(params: Params, wanted: Params): boolean {
  return Object.entries(wanted).every(([name, value]) => params[name] === value)
}

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

/** An integer parameter, in whatever unit its field has (amounts: the currency's smallest). */
export function integer(params: Params, name: string): number | undefined {
  const value = params[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) {
    throw invalidParameter(`Invalid integer: ${describe(value)}`, {
      code: 'parameter_invalid_integer',
      param: name,
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

/** Merges metadata as Stripe does: a key with an empty value is removed, `metadata=` removes all. */
export function mergeMetadata(
  current: Readonly<Record<string, string>>,
  params: Params,
): Record<string, string> {
  if (params.metadata === '') return {}
  const merged: Record<string, string> = { ...current }
  for (const [key, value] of Object.entries(nested(params, 'metadata') ?? {})) {
    if (value === '') delete merged[key]
    else merged[key] = String(value)
  }
  return merged
}

import { nested, type Params, text } from './params.ts'
import { invalidRequest } from './stripe-error.ts'

/**
 * Refuses parameters that would change amounts or times, and are not modelled: to pass
 * over them would be to guess.
 *
 * @param names Where they stand: `discounts`, or `automatic_tax[enabled]`.
 * @throws StripeError 400 naming the parameter
 */
export function refuseUnmodelled(params: Params, names: readonly string[]): void {
  for (const name of names) {
    const [outer = '', inner] = name.replace(']', '').split('[')
    const holder = inner === undefined ? params : nested(params, outer)
    const value = holder?.[inner ?? outer]
    // To switch off what is off changes nothing.
    if (value === undefined || value === '' || value === 'false') continue
    throw invalidRequest(
      `The emulator does not model ${name} here. It refuses it rather than guess what Stripe would do.`,
      { param: name },
    )
  }
}

/** The hashes of a list, with their names: `items[0]`. */
export function hashes(
  params: Params,
  name: string,
): readonly { readonly path: string; readonly hash: Params }[] {
  return Object.keys(nested(params, name) ?? {}).map((index) => ({
    path: `${name}[${index}]`,
    hash: nested(nested(params, name) ?? {}, index) ?? {},
  }))
}

/** One of several values, or what it is without one. @throws StripeError 400 for any other */
export function choice<T extends string>(
  params: Params,
  name: string,
  values: readonly T[],
): T | undefined {
  const value = text(params, name)
  if (value === undefined || value === null) return undefined
  const known = values.find((candidate) => candidate === value)
  if (known !== undefined) return known
  throw invalidRequest(`Invalid ${name}: must be one of ${listed(values)}`, {
    param: name,
  })
}

function listed(values: readonly string[]): string {
  return values.length < 2
    ? values.join()
    : `${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`
}

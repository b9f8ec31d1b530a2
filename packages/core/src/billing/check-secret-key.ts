import { misconfigured } from './misconfigured.ts'
import type { BillingOptions } from './options.ts'

/** Checks the API key, where one can be seen, against the mode. No message quotes it. */
export function checkSecretKey(
  stripe: BillingOptions<never>['stripe'],
  mode: string,
): void {
  if (stripe === undefined) return
  if (typeof stripe !== 'object' || stripe === null) {
    throw misconfigured(
      'stripe is not an instance of the stripe package. Write stripe: new Stripe(key), or stripe: { secretKey: key }.',
    )
  }
  const isClient = 'webhooks' in stripe
  const secretKey = isClient ? keyOfClient(stripe) : stripe.secretKey
  if (secretKey === undefined && isClient) return
  // The key of an organization does not say its mode.
  if (secretKey !== undefined && /^sk_org_\S+$/.test(secretKey)) return
  const kind = /^(?:sk|rk)_(test|live)_\S+$/.exec(secretKey ?? '')?.[1]
  if (kind === undefined) {
    throw misconfigured(
      'the secret key of stripe is not one: it starts with sk_test_, sk_live_, rk_test_ or rk_live_ and has no white space.',
    )
  }
  if (kind !== mode) {
    throw misconfigured(
      `mode is "${mode}" and the secret key of stripe is a ${kind} key. Give the key of the same mode, or change mode.`,
    )
  }
}

/** An instance keeps its key on its authenticator; an application may have brought one of its own, without. */
function keyOfClient(client: object): string | undefined {
  const authenticator = (client as { _authenticator?: { _apiKey?: unknown } | null })
    ._authenticator
  const key = authenticator?._apiKey
  return typeof key === 'string' ? key : undefined
}

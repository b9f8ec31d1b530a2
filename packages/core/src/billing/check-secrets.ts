import { BillingError } from '../errors/billing-error.ts'
import type { BillingOptions } from './options.ts'

export function misconfigured(message: string): BillingError {
  return new BillingError('configuration_invalid', `createBilling: ${message}`)
}

/** Checks every webhook secret. No message quotes one. */
export function checkSecrets(
  secrets: readonly (string | undefined)[],
): readonly string[] {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw misconfigured(
      'webhookSecrets is no list, or an empty one. Give the signing secret of your endpoint: webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET]. Without one nothing could be verified.',
    )
  }
  // A list with holes has them filled, so that no hole is passed over.
  return Array.from(secrets, (secret: unknown, index) =>
    checkSecret(secret, `webhookSecrets[${index}]`),
  )
}

function checkSecret(secret: unknown, name: string): string {
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw misconfigured(
      `${name} is ${typeof secret === 'string' ? 'blank' : typeof secret}. Set it to the endpoint's signing secret (whsec_…), from the Dashboard under Webhooks or printed by "stripe listen".`,
    )
  }
  if (/\s/.test(secret)) {
    throw misconfigured(
      `${name} contains white space, often a line break that was copied along. Remove it.`,
    )
  }
  if (/^[srp]k_/.test(secret)) {
    throw misconfigured(
      `${name} is an API key (${secret.slice(0, 3)}…). Webhooks are signed with the endpoint's signing secret, which starts with whsec_.`,
    )
  }
  if (!secret.startsWith('whsec_')) {
    throw misconfigured(
      `${name} does not start with whsec_, so it is not the signing secret of a webhook endpoint.`,
    )
  }
  if (!/^whsec_[\w+/=-]*$/.test(secret)) {
    throw misconfigured(
      `${name} holds characters that no signing secret has: a placeholder was left in, and anybody could sign with that. Put the endpoint's own secret there.`,
    )
  }
  if (/^whsec_(?:undefined|null)?$/.test(secret)) {
    throw misconfigured(
      `${name} ends after whsec_, or in "undefined" or "null": a variable that is not set was written into it, and anybody could sign with it.`,
    )
  }
  return secret
}

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

import { misconfigured } from './misconfigured.ts'
import type { BillingOptions, WebhookSecret } from './options.ts'
import type { SecretBinding } from './settings.ts'

/**
 * Checks every webhook secret, and what it is bound to. No message quotes one.
 *
 * @returns By secret, what it is for. That may be several things: `stripe listen` signs what
 *   it forwards to two routes with one secret.
 */
export function checkWebhookSecrets(
  secrets: BillingOptions<never>['webhookSecrets'],
  mode: 'test' | 'live',
): ReadonlyMap<string, readonly SecretBinding[]> {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw misconfigured(
      'webhookSecrets is no list, or an empty one. Give the signing secret of your endpoint: webhookSecrets: [process.env.STRIPE_WEBHOOK_SECRET]. Without one nothing could be verified.',
    )
  }
  const bySecret = new Map<string, SecretBinding[]>()
  // A list with holes has them filled, so that no hole is passed over.
  for (const [index, given] of Array.from<unknown>(secrets).entries()) {
    const { secret, binding } = checkOne(given, `webhookSecrets[${index}]`)
    bySecret.set(secret, [...(bySecret.get(secret) ?? []), binding])
  }
  const bindings = [...bySecret.values()].flat()
  if (bindings.every(({ livemode }) => livemode === (mode === 'test'))) {
    throw misconfigured(
      `mode is "${mode}" and every webhook secret is bound to the other one, so no event could act. Give the secret of an endpoint in ${mode} mode.`,
    )
  }
  return bySecret
}

const unbound = { livemode: undefined, account: undefined, endpoint: undefined }

function checkOne(
  given: unknown,
  name: string,
): { readonly secret: string; readonly binding: SecretBinding } {
  if (typeof given !== 'object' || given === null) {
    return { secret: checkSecret(given, name), binding: unbound }
  }
  const { secret, livemode, account, endpoint, ...others } =
    given as Partial<WebhookSecret>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw misconfigured(
      `${name} has ${JSON.stringify(unknown)}, which binds it to nothing. It may have secret, livemode, account and endpoint.`,
    )
  }
  if (livemode !== undefined && typeof livemode !== 'boolean') {
    throw misconfigured(`${name}.livemode is neither true nor false.`)
  }
  if (endpoint !== undefined && (typeof endpoint !== 'string' || endpoint === '')) {
    throw misconfigured(
      `${name}.endpoint is no name. Write one, or the endpoint's id (we_…).`,
    )
  }
  return {
    secret: checkSecret(secret, `${name}.secret`),
    binding: { livemode, account: checkAccount(account, name), endpoint },
  }
}

function checkAccount(account: unknown, name: string): SecretBinding['account'] {
  if (account === undefined || account === 'own' || account === 'connected')
    return account
  const accounts: readonly unknown[] = Array.isArray(account)
    ? Array.from<unknown>(account)
    : [account]
  const isAccount = (id: unknown): id is string =>
    typeof id === 'string' && /^acct_\w+$/.test(id)
  if (accounts.length > 0 && accounts.every(isAccount)) return accounts
  throw misconfigured(
    `${name}.account is neither "own", "connected", the id of a connected account (acct_…) nor a list of such ids.`,
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

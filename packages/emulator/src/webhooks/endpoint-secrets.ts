import { invalidParameter } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { World } from '../state/world.ts'
import type { EndpointState, WebhookEndpoint } from './webhook-endpoint-object.ts'

const LONGEST_OVERLAP = 86_400

export function newSecret(world: World): string {
  return `whsec_${world.random.characters(32)}`
}

/** The secrets that sign at this moment, the newest first. */
export function activeSecrets(state: EndpointState, now: number): readonly string[] {
  const old = state.oldSecrets.filter(({ expires_at }) => expires_at > now)
  return [state.secret, ...old.map(({ secret }) => secret)]
}

/**
 * Gives an endpoint another secret. The one before signs on for `expiresIn` seconds of the
 * emulator's clock, as long as both are in use. At Stripe this is done in the Dashboard.
 *
 * Source: https://docs.stripe.com/webhooks#roll-endpoint-secrets
 */
export function rollSecret(
  account: Account,
  endpoint: WebhookEndpoint,
  expiresIn: number,
): string {
  if (expiresIn < 0 || expiresIn > LONGEST_OVERLAP) {
    throw invalidParameter(
      `expires_in is from 0 to ${LONGEST_OVERLAP} seconds: an old secret lives on for 24 hours at most.`,
      { param: 'expires_in' },
    )
  }
  const { world, endpointStates } = account
  const now = world.timeline.now()
  const state = endpointStates.get(endpoint.id)
  if (state === undefined) throw new TypeError(`${endpoint.id} has no secret`)
  const { secret, oldSecrets } = state
  const active = oldSecrets.filter(({ expires_at }) => expires_at > now)
  const rolled = { secret, expires_at: now + expiresIn }
  state.oldSecrets = expiresIn === 0 ? active : [rolled, ...active]
  state.secret = newSecret(world)
  return state.secret
}

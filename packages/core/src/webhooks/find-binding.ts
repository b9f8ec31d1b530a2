import type { SecretBinding } from '../billing/settings.ts'
import type { EventKey } from '../store/delivery.ts'

/** Why a verified event does not belong here: it is of the other mode, or not of the account that its secret is bound to. */
export type Foreignness = 'other_mode' | 'other_account'

/** The endpoint that an event came from, and what makes it foreign there, if anything does. */
export interface FoundBinding {
  readonly endpoint: string | undefined
  readonly foreignness?: Foreignness
}

/** @param bindings What the secret that signed the event is for; any of it will do. */
export function findBinding(
  key: EventKey,
  bindings: readonly SecretBinding[] = [],
  mode: 'test' | 'live',
): FoundBinding {
  let found: FoundBinding | undefined
  for (const binding of bindings) {
    const foreignness = foreignnessOf(key, binding, mode)
    if (foreignness === undefined) return binding
    found ??= { endpoint: binding.endpoint, foreignness }
  }
  return found ?? { endpoint: undefined, foreignness: 'other_account' }
}

function foreignnessOf(
  { livemode, account }: EventKey,
  binding: SecretBinding,
  mode: 'test' | 'live',
): Foreignness | undefined {
  if (livemode !== (mode === 'live')) return 'other_mode'
  if (binding.livemode !== undefined && binding.livemode !== livemode) return 'other_mode'
  return isOfAccount(account, binding.account) ? undefined : 'other_account'
}

function isOfAccount(account: string, bound: SecretBinding['account']): boolean {
  switch (bound) {
    case undefined:
      return true
    case 'own':
      return account === ''
    case 'connected':
      return account !== ''
    default:
      return bound.includes(account)
  }
}

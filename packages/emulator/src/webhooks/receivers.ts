import { EXPLICIT_TYPES } from '../events/event-types.ts'
import type { Account } from '../state/account.ts'
import type { Receiver } from './delivery.ts'
import type { WebhookEndpoint } from './webhook-endpoint-object.ts'

/**
 * The endpoints that want an event: of the platform's own events those that are not for
 * Connect; of a connected account's the platform's Connect endpoints, and its own.
 *
 * Source: https://docs.stripe.com/connect/webhooks
 */
export function receiversOf(account: Account, type: string): readonly Receiver[] {
  const { platform } = account.world
  const own = wanting(account, type, false)
  return account === platform ? own : [...wanting(platform, type, true), ...own]
}

function wanting(account: Account, type: string, isConnect: boolean): Receiver[] {
  const found: Receiver[] = []
  if (account.webhookEndpoints.size === 0) return found
  for (const endpoint of account.webhookEndpoints.all()) {
    const state = account.endpointStates.get(endpoint.id)
    if (state?.isConnect === isConnect && wants(endpoint, type)) {
      found.push({ endpoint, state })
    }
  }
  return found
}

function wants({ status, enabled_events }: WebhookEndpoint, type: string): boolean {
  if (status !== 'enabled') return false
  return (
    enabled_events.includes(type) ||
    (enabled_events.includes('*') && !EXPLICIT_TYPES.has(type))
  )
}

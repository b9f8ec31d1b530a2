import type { Account } from '../state/account.ts'
import { Random } from '../state/ids.ts'
import { addEndpoint } from './webhook-endpoints.ts'

/** A webhook endpoint that is there from the beginning, and again after a reset. */
export interface EndpointOptions {
  readonly url: string
  /** Signs what is sent to it: `whsec_…`. */
  readonly secret: string
  /** Default: `*`, every type that need not be asked for by name. */
  readonly enabledEvents?: readonly string[] | undefined
  /** Of the events that it gets. Default: the emulator's. */
  readonly apiVersion?: string | undefined
  /** Whether it gets the events of connected accounts, and none of the platform's own. Default: no. */
  readonly isConnect?: boolean
}

/** @throws StripeError 400, as for an endpoint that the API is asked to make */
export function addGivenEndpoint(
  account: Account,
  { url, secret, enabledEvents = ['*'], apiVersion, isConnect = false }: EndpointOptions,
): void {
  const params = {
    url,
    enabled_events: Object.fromEntries(enabledEvents.entries()),
    connect: String(isConnect),
    ...(apiVersion !== undefined && { api_version: apiVersion }),
  }
  // Of its own chance: objects have the same ids with it and without.
  const seed = `${account.webhookEndpoints.size} ${url}`
  addEndpoint(account, params, () => ({ id: new Random(seed).id('we'), secret }))
}

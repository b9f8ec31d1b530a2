import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/webhook_endpoints/object */
export interface WebhookEndpoint extends StripeObject {
  readonly object: 'webhook_endpoint'
  /** Of the events that it gets; `null`: the account's. */
  readonly api_version: string | null
  readonly application: string | null
  readonly created: number
  readonly livemode: false
  description: string | null
  enabled_events: readonly string[]
  metadata: Readonly<Record<string, string>>
  status: 'enabled' | 'disabled'
  url: string
}

/** What Stripe knows of an endpoint and never answers. */
export interface EndpointState {
  /** Whether it gets the events of connected accounts, and none of the platform's own. */
  readonly isConnect: boolean
  /** Answered only when the endpoint is made. */
  secret: string
  /** Secrets that were rolled, and go on signing for a time. */
  oldSecrets: readonly OldSecret[]
}

interface OldSecret {
  readonly secret: string
  /** Seconds since 1970-01-01 UTC, on the emulator's clock. */
  readonly expires_at: number
}

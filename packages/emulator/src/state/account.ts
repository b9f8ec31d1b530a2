import type { Charge } from '../resources/charge-object.ts'
import type { Customer } from '../resources/customer-object.ts'
import type { PaymentIntent } from '../resources/payment-intent-object.ts'
import type { CardOnFile, PaymentMethod } from '../resources/payment-method-object.ts'
import { Collection, type StripeObject } from './collection.ts'
import { newId } from './ids.ts'

/** Who caused an event. Source: https://docs.stripe.com/api/events/object#event_object-request */
export interface EventRequest {
  readonly id: string | null
  readonly idempotency_key: string | null
}

export interface StripeEvent extends StripeObject {
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: {
    readonly object: unknown
    readonly previous_attributes?: Readonly<Record<string, unknown>>
  }
  readonly livemode: false
  /** Endpoints that have not answered with a 2xx yet. */
  pending_webhooks: number
  readonly request: EventRequest
  readonly type: string
}

export interface WebhookEndpoint extends StripeObject {
  readonly object: 'webhook_endpoint'
  readonly api_version: null
  readonly application: null
  readonly created: number
  readonly livemode: false
  description: string | null
  enabled_events: readonly string[]
  metadata: Record<string, string>
  status: 'enabled' | 'disabled'
  url: string
  /** Answered only when the endpoint is made. */
  readonly secret: string
}

/** Everything that one test account of Stripe remembers. */
export class Account {
  readonly apiVersion: string
  readonly customers: Collection<Customer> = new Collection('customer')
  /** A deleted customer can still be retrieved, as `{ id, deleted: true }`. */
  readonly deletedCustomers: Set<string> = new Set()
  readonly paymentMethods: Collection<PaymentMethod> = new Collection('PaymentMethod')
  readonly cardsOnFile: Map<string, CardOnFile> = new Map()
  readonly paymentIntents: Collection<PaymentIntent> = new Collection('payment_intent')
  readonly charges: Collection<Charge> = new Collection('charge')
  readonly events: Collection<StripeEvent> = new Collection('event')
  readonly webhookEndpoints: Collection<WebhookEndpoint> = new Collection(
    'webhook endpoint',
  )
  readonly #onEvent: (event: StripeEvent) => void

  constructor(apiVersion: string, onEvent: (event: StripeEvent) => void) {
    this.apiVersion = apiVersion
    this.#onEvent = onEvent
  }

  /** Seconds since 1970-01-01 UTC. */
  now(): number {
    return Math.floor(Date.now() / 1000)
  }

  /** Makes an event of an object as it is at this moment. */
  emit(
    type: string,
    object: unknown,
    request: EventRequest,
    previousAttributes?: Readonly<Record<string, unknown>>,
  ): void {
    const event: StripeEvent = {
      id: newId('evt'),
      object: 'event',
      api_version: this.apiVersion,
      created: this.now(),
      data: {
        object: structuredClone(object),
        ...(previousAttributes === undefined
          ? {}
          : { previous_attributes: structuredClone(previousAttributes) }),
      },
      livemode: false,
      pending_webhooks: 0,
      request,
      type,
    }
    this.events.add(event)
    this.#onEvent(event)
  }

  /** Any object by its id, for `expand`. */
  find(id: string): StripeObject | undefined {
    const collections = [
      this.customers,
      this.paymentMethods,
      this.paymentIntents,
      this.charges,
    ]
    for (const collection of collections) {
      const object = collection.find(id)
      if (object !== undefined) return object
    }
    return undefined
  }
}

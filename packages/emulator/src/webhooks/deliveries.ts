import type { Account, StripeEvent, WebhookEndpoint } from '../state/account.ts'
import { newId } from '../state/ids.ts'
import { type PostResult, postWebhook } from './post-webhook.ts'
import { signatureHeader } from './sign.ts'

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly id: string
  readonly event: StripeEvent
  readonly endpoint: WebhookEndpoint
  readonly attempts: PostResult[]
  state: 'held' | 'sending' | 'waiting' | 'delivered' | 'given_up'
}

export interface DeliverySettings {
  /** Waits before each further attempt, in milliseconds. Stripe's own are not published. */
  readonly retryDelaysMs: readonly number[]
  /** How long an endpoint may take to answer, in milliseconds. */
  readonly timeoutMs: number
}

/** Sends events to the registered endpoints, again after anything but a 2xx. */
export class Deliveries {
  readonly #settings: DeliverySettings
  readonly #deliveries = new Map<string, Delivery>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isHolding = false
  #isClosed = false

  constructor(settings: DeliverySettings) {
    this.#settings = settings
  }

  /** Starts the deliveries of a new event. */
  dispatch(event: StripeEvent, account: Account): void {
    const endpoints = account.webhookEndpoints
      .all()
      .filter((endpoint) => wants(endpoint, event))
    event.pending_webhooks = endpoints.length
    for (const endpoint of endpoints) {
      const state = this.#isHolding ? 'held' : 'sending'
      const delivery: Delivery = {
        id: newId('dlv'),
        event,
        endpoint,
        attempts: [],
        state,
      }
      this.#deliveries.set(delivery.id, delivery)
      if (!this.#isHolding) void this.#attempt(delivery)
    }
  }

  /** From now on every new delivery waits until it is released. */
  hold(): void {
    this.#isHolding = true
  }

  /** Deliveries go out at once again. Those that are held stay so until they are released. */
  unhold(): void {
    this.#isHolding = false
  }

  /**
   * Sends the held deliveries whose event is about an object (its id, or the id of what it
   * belongs to), or all of them, one after the other. Resolves when each has been tried once.
   */
  async release(objectId: string | undefined): Promise<readonly Delivery[]> {
    const released = this.list(objectId).filter(({ state }) => state === 'held')
    for (const delivery of released) await this.#attempt(delivery)
    return released
  }

  /** Sends an event again to every endpoint that wants it, and resolves when each has answered. */
  async resend(event: StripeEvent, account: Account): Promise<readonly Delivery[]> {
    const endpoints = account.webhookEndpoints
      .all()
      .filter((endpoint) => wants(endpoint, event))
    const sent: Delivery[] = []
    for (const endpoint of endpoints) {
      const delivery: Delivery = {
        id: newId('dlv'),
        event,
        endpoint,
        attempts: [],
        state: 'sending',
      }
      this.#deliveries.set(delivery.id, delivery)
      sent.push(delivery)
      await this.#attempt(delivery)
    }
    return sent
  }

  list(objectId?: string): readonly Delivery[] {
    const all = [...this.#deliveries.values()]
    return objectId === undefined
      ? all
      : all.filter(({ event }) => isAbout(event, objectId))
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { endpoint, event, attempts } = delivery
    delivery.state = 'sending'
    const body = JSON.stringify(event, null, 2)
    // Each attempt has its own timestamp and so its own signature.
    const signature = signatureHeader(
      body,
      endpoint.secret,
      Math.floor(Date.now() / 1000),
    )
    const result = await postWebhook(
      endpoint.url,
      body,
      signature,
      this.#settings.timeoutMs,
    )
    attempts.push(result)
    if (result.status !== undefined && result.status >= 200 && result.status < 300) {
      delivery.state = 'delivered'
      event.pending_webhooks -= 1
      return
    }
    const delay = this.#settings.retryDelaysMs[attempts.length - 1]
    if (delay === undefined || this.#isClosed) {
      delivery.state = 'given_up'
      return
    }
    delivery.state = 'waiting'
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#attempt(delivery)
    }, delay)
    timer.unref()
    this.#timers.add(timer)
  }
}

function wants(endpoint: WebhookEndpoint, { type }: StripeEvent): boolean {
  const { status, enabled_events } = endpoint
  return (
    status === 'enabled' &&
    (enabled_events.includes('*') || enabled_events.includes(type))
  )
}

function isAbout({ data }: StripeEvent, objectId: string): boolean {
  const object = data.object as Readonly<Record<string, unknown>>
  return object.id === objectId || object.payment_intent === objectId
}

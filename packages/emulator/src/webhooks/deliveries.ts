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
  readonly #closing = new AbortController()
  #isHolding = false

  constructor(settings: DeliverySettings) {
    this.#settings = settings
  }

  /** Starts the deliveries of a new event. */
  dispatch(event: StripeEvent, account: Account): void {
    const deliveries = this.#deliveriesOf(event, account)
    event.pending_webhooks = deliveries.length
    for (const delivery of deliveries) {
      if (this.#isHolding) delivery.state = 'held'
      else void this.#attempt(delivery)
    }
  }

  /** One for every endpoint that wants the event. */
  #deliveriesOf(event: StripeEvent, account: Account): readonly Delivery[] {
    const endpoints = account.webhookEndpoints.all()
    return endpoints
      .filter((endpoint) => wants(endpoint, event))
      .map((endpoint) => {
        const id = newId('dlv')
        const delivery: Delivery = { id, event, endpoint, attempts: [], state: 'sending' }
        this.#deliveries.set(id, delivery)
        return delivery
      })
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
    const deliveries = this.#deliveriesOf(event, account)
    for (const delivery of deliveries) await this.#attempt(delivery)
    return deliveries
  }

  list(objectId?: string): readonly Delivery[] {
    const all = [...this.#deliveries.values()]
    return objectId === undefined
      ? all
      : all.filter(({ event }) => isAbout(event, objectId))
  }

  /** Ends what is under way, and starts nothing more. */
  close(): void {
    this.#closing.abort()
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { endpoint, event, attempts } = delivery
    // It may have been disabled or deleted since: Stripe then tries no more.
    if (endpoint.status !== 'enabled') {
      delivery.state = 'given_up'
      return
    }
    delivery.state = 'sending'
    const body = JSON.stringify(event, null, 2)
    // Each attempt has its own timestamp and so its own signature.
    const signature = signatureHeader(
      body,
      endpoint.secret,
      Math.floor(Date.now() / 1000),
    )
    const signal = AbortSignal.any([
      this.#closing.signal,
      AbortSignal.timeout(this.#settings.timeoutMs),
    ])
    const result = await postWebhook(endpoint.url, body, signature, signal)
    attempts.push(result)
    if (result.status !== undefined && result.status >= 200 && result.status < 300) {
      delivery.state = 'delivered'
      event.pending_webhooks -= 1
      return
    }
    const delay = this.#settings.retryDelaysMs[attempts.length - 1]
    if (delay === undefined || this.#closing.signal.aborted) {
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

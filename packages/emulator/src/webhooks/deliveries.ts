import type { StripeEvent } from '../events/stripe-event.ts'
import { type DeliveryFault, DeliveryFaults } from '../faults/delivery-faults.ts'
import type { Account } from '../state/account.ts'
import type { World } from '../state/world.ts'
import { type Delivery, idsAbout, isFinished, type Receiver } from './delivery.ts'
import { attemptOf, type DeliveryAttempt } from './delivery-attempt.ts'
import { EndpointQueue } from './endpoint-queue.ts'
import { activeSecrets } from './endpoint-secrets.ts'
import { WebhookClient } from './post-webhook.ts'
import { receiversOf } from './receivers.ts'
import { signatureHeader } from './sign.ts'
import { Unacknowledged } from './unacknowledged.ts'
import { UnderWay } from './under-way.ts'

export interface DeliverySettings {
  /** Waits before each further attempt, in milliseconds of the emulator's clock. Stripe's own are not published. */
  readonly retryDelaysMs: readonly number[]
  /** How long an endpoint may take to answer, in milliseconds. */
  readonly timeoutMs: number
  /** What goes wrong on the way. Default: nothing. */
  readonly faults?: DeliveryFaults
  /** Told of each attempt as soon as it is over. */
  readonly onAttempt?: (attempt: DeliveryAttempt) => void
}

/** How many finished deliveries can still be looked at. */
const FINISHED_KEPT = 10_000

/** Sends events to the registered endpoints, again after anything but a 2xx. */
export class Deliveries {
  readonly faults: DeliveryFaults
  readonly #world: World
  readonly #settings: DeliverySettings
  readonly #client: WebhookClient
  readonly #deliveries = new Map<string, Delivery>()
  readonly #finished: Delivery[] = []
  readonly #queues = new Map<string, EndpointQueue>()
  /** What waits to be overtaken, by the endpoint. */
  readonly #overtaken = new Map<string, Delivery[]>()
  readonly #unacknowledged = new Unacknowledged()
  readonly #underWay = new UnderWay()
  #made = 0
  #isHolding = false
  #isClosed = false

  constructor(world: World, settings: DeliverySettings) {
    this.#world = world
    this.#settings = settings
    this.#client = new WebhookClient(settings.timeoutMs)
    this.faults = settings.faults ?? new DeliveryFaults()
  }

  /** Starts the deliveries of a new event. @param object What it is about. */
  dispatch(event: StripeEvent, account: Account, object: object): void {
    const receivers = receiversOf(account, event.type)
    if (receivers.length === 0) return
    const about = idsAbout(object)
    const fault = this.faults.take(event.type, about)
    this.#send(event, receivers, about, fault)
    if (fault?.kind !== 'twin') return
    const twin = event.twin(account.newId('evt'))
    account.keepEvent(twin)
    this.#send(twin, receivers, about, undefined)
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
    for (const delivery of released) {
      // Somebody else may have released it since.
      if (delivery.state === 'held') await this.#attempt(delivery)
    }
    return released
  }

  /** Sends an event again to every endpoint that wants it, and resolves when each has answered. */
  async resend(event: StripeEvent, account: Account): Promise<readonly Delivery[]> {
    const about = idsAbout(event.data.object)
    const deliveries = receiversOf(account, event.type).map((receiver) =>
      this.#add(event, receiver, about),
    )
    for (const delivery of deliveries) await this.#attempt(delivery)
    return deliveries
  }

  list(objectId?: string): readonly Delivery[] {
    const all = [...this.#deliveries.values()]
    return objectId === undefined
      ? all
      : all.filter(({ about }) => about.includes(objectId))
  }

  /**
   * Whether an endpoint that wants an event about an object has been sent it, and has
   * answered with nothing but failures so far. An answer that is still to come does not
   * count: when the clock is moved by a month, no endpoint can keep up.
   */
  pendingFor(objectId: string, type: string): boolean {
    return this.#unacknowledged.has(objectId, type)
  }

  /** Resolves when every delivery is over, waits for its time, or is held. */
  settled(): Promise<void> {
    return this.#underWay.over()
  }

  /** Ends what is under way, and starts nothing more. */
  close(): void {
    this.#isClosed = true
    this.#client.close()
  }

  #send(
    event: StripeEvent,
    receivers: readonly Receiver[],
    about: readonly string[],
    fault: DeliveryFault | undefined,
  ): void {
    event.sendTo(receivers.map(({ endpoint }) => endpoint.id))
    for (const receiver of receivers) {
      event.renderFor(this.#versionFor(receiver))
      const copies = Array.from({ length: fault?.copies ?? 1 }, () =>
        this.#add(event, receiver, about),
      )
      if (this.#isHolding || fault?.kind === 'hold') {
        for (const copy of copies) copy.state = 'held'
      } else {
        this.#begin(copies, fault)
      }
    }
  }

  #add(event: StripeEvent, receiver: Receiver, about: readonly string[]): Delivery {
    const delivery: Delivery = {
      // None of the ids of chance: objects keep theirs, however many endpoints there are.
      id: `dlv_${++this.#made}`,
      event,
      endpoint: receiver.endpoint,
      receiver,
      about,
      attempts: [],
      state: 'waiting',
    }
    this.#deliveries.set(delivery.id, delivery)
    return delivery
  }

  #begin(copies: readonly Delivery[], fault: DeliveryFault | undefined): void {
    const [delivery, ...others] = copies
    if (delivery === undefined) return
    const { endpoint } = delivery
    switch (fault?.kind) {
      case 'drop':
        this.#finish(delivery, 'dropped')
        break
      case 'delay':
        this.#later(delivery, fault.delayMs)
        break
      case 'reorder':
        this.#overtaken.set(endpoint.id, [
          ...(this.#overtaken.get(endpoint.id) ?? []),
          delivery,
        ])
        // Perhaps nothing comes after it.
        this.#later(delivery, fault.delayMs)
        break
      case 'duplicate':
        this.#underWay.add(this.#oneByOne(copies))
        break
      case 'concurrent':
        for (const copy of copies) void this.#attempt(copy)
        break
      default: {
        const overtaken = this.#overtaken.get(endpoint.id) ?? []
        this.#overtaken.delete(endpoint.id)
        this.#underWay.add(this.#oneByOne([delivery, ...others, ...overtaken]))
      }
    }
  }

  async #oneByOne(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      // What was to be overtaken may have gone when its time was over.
      if (delivery.state === 'waiting') await this.#attempt(delivery)
    }
  }

  #later(delivery: Delivery, delayMs: number): void {
    const { timeline } = this.#world
    const made = delivery.attempts.length
    delivery.state = 'waiting'
    timeline.schedule(timeline.exactNow() + delayMs / 1000, () => {
      // What was to be overtaken may have gone before, and wait for another time now.
      const isDue = delivery.state === 'waiting' && delivery.attempts.length === made
      if (isDue) void this.#attempt(delivery)
    })
  }

  /** Resolves when it has been tried once more. */
  #attempt(delivery: Delivery): Promise<void> {
    const { id } = delivery.endpoint
    const queue = this.#queues.get(id) ?? new EndpointQueue()
    this.#queues.set(id, queue)
    delivery.state = 'queued'
    const attempt = new Promise<void>((resolve) => {
      queue.run(() => this.#try(delivery, resolve))
    })
    this.#underWay.add(attempt)
    return attempt
  }

  /** Resolves when the connection is free again. @param onResult Called as soon as the answer is known. */
  async #try(delivery: Delivery, onResult: () => void): Promise<void> {
    const { endpoint, event, receiver, attempts } = delivery
    // It may have been disabled or deleted since: Stripe then tries no more.
    if (endpoint.status !== 'enabled' || this.#isClosed) {
      this.#unacknowledged.settled(delivery)
      this.#finish(delivery, 'given_up')
      onResult()
      return
    }
    delivery.state = 'sending'
    const body = event.bodyFor(this.#versionFor(receiver))
    // Each attempt has its own time and so its own signature. It is the real time: receivers
    // compare it with their own clock, which does not follow the emulator's.
    const signature = signatureHeader(
      body,
      activeSecrets(receiver.state, this.#world.timeline.now()),
      Math.floor(Date.now() / 1000),
    )
    const began = performance.now()
    const at = this.#world.timeline.now()
    const post = this.#client.post(endpoint.url, body, signature)
    const result = await post.result
    attempts.push(result)
    const durationMs = performance.now() - began
    let nextAt: number | null = null
    if (result.status !== undefined && result.status >= 200 && result.status < 300) {
      event.acknowledge(endpoint.id)
      this.#unacknowledged.settled(delivery)
      this.#finish(delivery, 'delivered')
    } else {
      this.#unacknowledged.refused(delivery)
      nextAt = this.#retry(delivery)
    }
    this.#settings.onAttempt?.(attemptOf(delivery, { at, durationMs, nextAt }))
    onResult()
    await post.end
  }

  /** Gives the time of the next attempt, or `null` when it is given up. */
  #retry(delivery: Delivery): number | null {
    const delay = this.#settings.retryDelaysMs[delivery.attempts.length - 1]
    if (delay === undefined || this.#isClosed) {
      this.#finish(delivery, 'given_up')
      return null
    }
    this.#later(delivery, delay)
    return this.#world.timeline.exactNow() + delay / 1000
  }

  #finish(delivery: Delivery, state: Delivery['state']): void {
    delivery.state = state
    this.#finished.push(delivery)
    if (this.#finished.length <= FINISHED_KEPT) return
    const oldest = this.#finished.shift()
    if (oldest !== undefined && isFinished(oldest)) this.#deliveries.delete(oldest.id)
  }

  #versionFor({ endpoint }: Receiver): string {
    return endpoint.api_version ?? this.#world.apiVersion
  }
}

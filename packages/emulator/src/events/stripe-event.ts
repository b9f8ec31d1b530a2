import { type EventData, isOldVersion, renderEventData } from '../render/render.ts'
import type { Account } from '../state/account.ts'
import type { PreviousAttributes } from '../state/change.ts'
import type { StripeObject } from '../state/collection.ts'
import type { PackedText } from './packed-text.ts'

/** Who caused an event. Source: https://docs.stripe.com/api/events/object#event_object-request */
export interface EventRequest {
  /** `req_…`, or `null` when time caused it. */
  readonly id: string | null
  readonly idempotency_key: string | null
}

/** Time, or a buyer, caused it: nobody called the API. */
export const NO_REQUEST: EventRequest = { id: null, idempotency_key: null }

export interface NewEvent {
  readonly id: string
  /** Where it happened. */
  readonly account: Account
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number
  readonly type: string
  readonly object: object
  readonly previousAttributes: PreviousAttributes | undefined
  readonly request: EventRequest
}

const NOBODY: readonly string[] = []

/**
 * An event, with its object as it was when the event was made. That is kept packed: of
 * 100,000 events, hardly any is ever read again.
 *
 * Source: https://docs.stripe.com/api/events/object
 */
export class StripeEvent implements StripeObject {
  readonly id: string
  readonly object = 'event'
  readonly created: number
  /** On the emulator's own clock, whichever clock the object lives on. */
  readonly madeAt: number
  /** Of the Events API: the account's. */
  readonly apiVersion: string
  readonly type: string
  readonly request: EventRequest
  /** `acct_…` of a connected account. */
  readonly account: string | undefined
  readonly #account: Account
  readonly #object: PackedText
  readonly #previousText: string | undefined
  /** In the shape before basil: only where somebody wants that. */
  #oldData: string | undefined
  #endpoints = NOBODY
  #pending = NOBODY

  constructor(event: NewEvent) {
    const { account } = event
    this.id = event.id
    this.created = event.created
    this.madeAt = account.world.timeline.now()
    this.apiVersion = account.world.apiVersion
    this.type = event.type
    this.request = event.request
    this.account = account.isPlatform ? undefined : account.id
    this.#object = account.textOf(event.object)
    this.#previousText =
      event.previousAttributes && JSON.stringify(event.previousAttributes)
    this.#account = account
    this.renderFor(this.apiVersion)
  }

  /** How many endpoints have not answered it with a 2xx yet. */
  get pendingWebhooks(): number {
    return this.#pending.length
  }

  /** A copy that may be changed. */
  get data(): EventData {
    return this.#dataFor(this.apiVersion)
  }

  /** Another event that tells of the same change, as Stripe now and then makes one. */
  twin(id: string): StripeEvent {
    const { object, previous_attributes } = this.#newData()
    const { created, type, request } = this
    return new StripeEvent({
      id,
      account: this.#account,
      created,
      type,
      object,
      previousAttributes: previous_attributes,
      request,
    })
  }

  /** Says which endpoints want it. */
  sendTo(endpoints: readonly string[]): void {
    this.#endpoints = endpoints
    this.#pending = endpoints
  }

  /** An endpoint has answered with a 2xx. */
  acknowledge(endpoint: string): void {
    this.#pending = this.#pending.filter((id) => id !== endpoint)
  }

  isPendingAt(endpoint: string): boolean {
    return this.#pending.includes(endpoint)
  }

  /** Renders it as a version shows it, now and never again: what it refers to may change. */
  renderFor(version: string): void {
    if (!isOldVersion(version) || this.#oldData !== undefined) return
    const data = this.#newData()
    this.#oldData = JSON.stringify(renderEventData(data, version, this.#account))
  }

  /** The body of a webhook: the same bytes every time. */
  bodyFor(version: string): string {
    return JSON.stringify(this.#toJSON(version, this.#endpoints.length), null, 2)
  }

  /** As the API answers it. */
  toJSON(): Readonly<Record<string, unknown>> {
    return this.#toJSON(this.apiVersion, this.pendingWebhooks)
  }

  #toJSON(version: string, pendingWebhooks: number): Readonly<Record<string, unknown>> {
    const { account } = this
    return {
      id: this.id,
      object: 'event',
      ...(account !== undefined && { account }),
      api_version: version,
      ...(account !== undefined && !isOldVersion(version) && { context: account }),
      created: this.created,
      data: this.#dataFor(version),
      livemode: false,
      pending_webhooks: pendingWebhooks,
      request: this.request,
      type: this.type,
    }
  }

  #dataFor(version: string): EventData {
    this.renderFor(version)
    return isOldVersion(version) && this.#oldData !== undefined
      ? JSON.parse(this.#oldData)
      : this.#newData()
  }

  /** In the shape in which objects are kept. */
  #newData(): EventData {
    const previous = this.#previousText
    return {
      object: JSON.parse(this.#object.toString()),
      ...(previous !== undefined && { previous_attributes: JSON.parse(previous) }),
    }
  }
}

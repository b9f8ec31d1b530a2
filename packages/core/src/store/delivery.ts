/** Whose events: of one mode, and of one account. */
export interface Scope {
  readonly livemode: boolean
  /** The connected account (`acct_…`), or `''` for the platform's own events. */
  readonly account: string
}

/** What makes an event one event. The endpoint is not part of it: Stripe's version upgrade runs two endpoints side by side. */
export interface EventKey extends Scope {
  /** `evt_…` */
  readonly eventId: string
}

/** One verified event as it arrived. */
export interface Delivery {
  readonly key: EventKey
  readonly type: string
  /** The object that it is about, or `''`: a worker runs one event of an object at a time. */
  readonly objectId: string
  /** The webhook endpoint that it came from, as its secret names it; `undefined` when the secret does not. */
  readonly endpoint: string | undefined
  /** The event's `created`: seconds since 1970-01-01 UTC. */
  readonly created: number
  /** The exact bytes that were signed. */
  readonly body: Uint8Array
}

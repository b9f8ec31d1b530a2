export type StoreName = 'sqlite' | 'postgres' | 'engine'

/** Where a process kills itself: when it has come to a step so often. */
export interface Death {
  readonly step: string
  readonly occurrence: number
}

/** What a process is told to be. */
export interface Orders {
  readonly store: StoreName
  /** The path of a file, or the URL of a database. */
  readonly database: string
  /** `receiver` does not work, `worker` does not listen. */
  readonly role: 'both' | 'receiver' | 'worker'
  readonly processing: 'inline' | 'durable'
  readonly sync: 'refetch' | 'event'
  /** Of the server that plays Stripe, and everybody else outside. */
  readonly outsidePort: number
  /** Milliseconds that are added to the clock. */
  readonly clockOffset: number
  /** One in so many runs of a handler, and of a sender, fails; 0: none does. */
  readonly failures: number
  readonly seed: number
  readonly death: Death | undefined
  /** `creating` when nobody has opened the database before: the steps until it serves are named for it. */
  readonly phase: 'creating' | 'opening'
}

export type ToChild =
  | { readonly kind: 'orders'; readonly orders: Orders }
  | { readonly kind: 'clock'; readonly offset: number }
  | { readonly kind: 'calm' }
  | { readonly kind: 'page limit'; readonly pages: number }
  | { readonly kind: 'count' }

export type FromChild =
  | { readonly kind: 'warm' }
  /** `port` is 0 when it does not listen. */
  | { readonly kind: 'up'; readonly port: number }
  /** How often each step was reached. */
  | { readonly kind: 'counts'; readonly counts: Readonly<Record<string, number>> }

export const SECRET = 'whsec_Y3Jhc2hjcmFzaGNyYXNoY3Jhc2g'

import type { Delivery } from './delivery.ts'

/** One attempt to deliver an event to one endpoint, and what came of it. */
export interface DeliveryAttempt {
  /** `dlv_…` */
  readonly delivery: string
  /** `evt_…` */
  readonly event: string
  /** As in `invoice.paid`. */
  readonly type: string
  /** `acct_…` when it happened in a connected account. */
  readonly account: string | null
  /** `we_…` */
  readonly endpoint: string
  /** Without a user and a password, if it has them. */
  readonly url: string
  /** 1 for the first. */
  readonly attempt: number
  /** When it was sent: seconds since 1970-01-01 UTC, on the emulator's clock. */
  readonly at: number
  /** What the endpoint answered; `null` when no answer came. */
  readonly status: number | null
  /** Why no answer came. */
  readonly error: string | null
  /** How long the answer took, in milliseconds of the real clock. */
  readonly durationMs: number
  /** When it is sent again, on the emulator's clock; `null`: never. */
  readonly nextAt: number | null
}

/** What is told of the last attempt of a delivery. */
export function attemptOf(
  { id, event, endpoint, attempts }: Delivery,
  times: Pick<DeliveryAttempt, 'at' | 'durationMs' | 'nextAt'>,
): DeliveryAttempt {
  const last = attempts.at(-1)
  return {
    delivery: id,
    event: event.id,
    type: event.type,
    account: event.account ?? null,
    endpoint: endpoint.id,
    url: withoutCredentials(endpoint.url),
    attempt: attempts.length,
    status: last?.status ?? null,
    error: last?.error ?? null,
    ...times,
  }
}

/** A URL as it may stand in a log. */
export function withoutCredentials(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1')
}

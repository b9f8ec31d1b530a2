import { BillingError } from '../errors/billing-error.ts'
import type { RawRequester } from '../events/event-notification.ts'
import { retryDelay } from '../processing/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import { pause } from './pause.ts'

/** An event as Stripe's API gives it. Nothing else of it was looked at. */
export interface ListedEvent {
  readonly id: string
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number
}

interface ListedPage {
  /** Newest first. */
  readonly events: readonly ListedEvent[]
  readonly hasMore: boolean
}

/** When events were created, in seconds since 1970-01-01 UTC, both ends included. */
interface CreatedRange {
  readonly gte: number
  readonly lte?: number
}

/**
 * Gives one page of a range.
 *
 * @param startingAfter The event behind which, towards older ones, the page begins.
 */
export type ListEvents = (
  range: CreatedRange,
  startingAfter?: string,
) => Promise<ListedPage>

/** The most that Stripe gives at once: https://docs.stripe.com/api/pagination */
export const PAGE_SIZE = 100

/** The `stripe` package does not come again for 429 by itself. */
const rateLimit = { limit: 6, firstMs: 1_000, maxMs: 30_000 }

/**
 * Reads `GET /v1/events` page by page.
 *
 * @param account The connected account (`acct_…`) whose events these are, or `undefined` for the platform's own.
 * @returns A function that rejects with a BillingError `recovery_unavailable`.
 */
export function createEventList(
  client: RawRequester,
  account: string | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): ListEvents {
  const additionalHeaders: Readonly<Record<string, string>> =
    account === undefined ? {} : { 'Stripe-Account': account }

  async function get(path: string): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await client.rawRequest('GET', path, undefined, { additionalHeaders })
      } catch (error) {
        const { statusCode } = Object(error) as { statusCode?: unknown }
        if (statusCode !== 429 || attempt === rateLimit.limit) throw unlisted(error)
        await pause(clock, retryDelay(rateLimit, attempt, random()))
      }
    }
  }

  return async function listEvents({ gte, lte }, startingAfter) {
    const params = [`limit=${PAGE_SIZE}`, `created%5Bgte%5D=${gte}`]
    if (lte !== undefined) params.push(`created%5Blte%5D=${lte}`)
    if (startingAfter !== undefined)
      params.push(`starting_after=${encodeURIComponent(startingAfter)}`)
    const list = await get(`/v1/events?${params.join('&')}`)
    const { data, has_more } = Object(list) as { data?: unknown; has_more?: unknown }
    if (!isEvents(data)) throw unlisted(new Error('the answer was no list of events'))
    return { events: data, hasMore: has_more === true }
  }
}

function isEvents(data: unknown): data is readonly ListedEvent[] {
  return Array.isArray(data) && data.every(isEvent)
}

function isEvent(value: unknown): boolean {
  const { id, created } = Object(value) as { id?: unknown; created?: unknown }
  return typeof id === 'string' && typeof created === 'number'
}

function unlisted(cause: unknown): BillingError {
  return new BillingError(
    'recovery_unavailable',
    "billing.recovery.catchUp: Stripe did not list its events. What was taken in so far is kept, and the next call goes on from there. A restricted key needs to read Events; the cause holds Stripe's answer.",
    { cause },
  )
}

// What stands for Stripe in tests of catchUp: GET /v1/events, newest first, over a list of events.
import type { StripeClient } from '../index.ts'

interface ApiEvent {
  readonly id: string
  readonly created: number
}

export interface EventsApi {
  readonly stripe: StripeClient
  /** Oldest first. */
  readonly events: ApiEvent[]
  readonly requests: { readonly path: string; readonly headers: object }[]
  /** What the next requests are refused with, one each. */
  readonly refusals: unknown[]
}

export function eventsApi(...events: ApiEvent[]): EventsApi {
  const requests: EventsApi['requests'] = []
  const refusals: unknown[] = []
  async function rawRequest(
    method: string,
    path: string,
    params: undefined,
    { additionalHeaders }: { additionalHeaders: object },
  ): Promise<unknown> {
    requests.push({ path, headers: additionalHeaders })
    const refusal = refusals.shift()
    if (refusal !== undefined) throw refusal
    const { pathname, searchParams } = new URL(path, 'https://api.stripe.com')
    if (method !== 'GET' || pathname !== '/v1/events' || params !== undefined)
      throw new Error(`unexpected request: ${method} ${path}`)
    const numberOf = (name: string, otherwise: number) =>
      Number(searchParams.get(name) ?? otherwise)
    const gte = numberOf('created[gte]', 0)
    const lte = numberOf('created[lte]', Number.POSITIVE_INFINITY)
    const after = searchParams.get('starting_after')
    const newestFirst = events.toReversed()
    const behind = newestFirst.slice(newestFirst.findIndex(({ id }) => id === after) + 1)
    const found = behind.filter(({ created }) => created >= gte && created <= lte)
    const limit = numberOf('limit', 10)
    return {
      object: 'list',
      data: found.slice(0, limit),
      has_more: found.length > limit,
      url: '/v1/events',
    }
  }
  const stripe: StripeClient & { rawRequest: typeof rawRequest } = {
    webhooks: {},
    rawRequest,
  }
  return { stripe, events, requests, refusals }
}

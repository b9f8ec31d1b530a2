import { BillingError } from '../errors/billing-error.ts'
import type { StripeEvent } from '../events/event.ts'
import type { AnyNotification, RawRequester } from '../events/event-notification.ts'
import type { Clock } from '../runtime/clock.ts'
import type { MirrorStore } from '../store/mirror-store.ts'
import { mirrorKindOf } from './mirror-kind.ts'
import { type MirrorWrite, toEventWrite, toFetchWrite } from './mirror-row.ts'

/** How events reach the mirror. */
export interface MirrorSync {
  /** Whether events of this type are about an object that is mirrored. */
  readonly isAbout: (type: string) => boolean
  /**
   * What an event writes to the mirror, to be committed with it. Rejects when Stripe
   * cannot be asked; then the event has to be tried again.
   */
  readonly prepare: (
    payload: StripeEvent | AnyNotification,
    account: string,
  ) => Promise<MirrorWrite | undefined>
}

export const noMirror: MirrorSync = {
  isAbout: () => false,
  prepare: async () => undefined,
}

/** Takes each object from the event that tells of it. */
export const syncByEvent: MirrorSync = {
  isAbout: (type) => mirrorKindOf(type) !== undefined,
  prepare: async (payload) =>
    payload.object === 'event' ? toEventWrite(payload) : undefined,
}

const paths = {
  customer: '/v1/customers/',
  subscription: '/v1/subscriptions/',
  invoice: '/v1/invoices/',
} as const

/**
 * Fetches each object anew. The ticket is taken before the fetch begins: whoever has a later
 * one has fetched later than the event of an earlier one happened, so the last ticket wins.
 */
export function syncByRefetch(
  client: RawRequester,
  store: MirrorStore,
  clock: Clock,
): MirrorSync {
  return {
    isAbout: (type) => mirrorKindOf(snapshotTypeOf(type)) !== undefined,
    async prepare(payload, account) {
      const kind = mirrorKindOf(snapshotTypeOf(payload.type))
      const id = idOf(payload)
      if (kind === undefined || id === undefined) return undefined
      const path = paths[kind] + encodeURIComponent(id)
      const ticket = await store.takeTicket()
      const began = clock.now()
      const fetched = await retrieve(client, path, account)
      const write = toFetchWrite(kind, id, ticket, fetched, began)
      if (write === undefined)
        throw refetchFailed(path, 'the answer is about another object')
      return write
    },
  }
}

/** Thin notifications are named for the event that they stand for: `v1.customer.subscription.active`. */
function snapshotTypeOf(type: string): string {
  return type.startsWith('v1.') ? type.slice(3) : type
}

function idOf(payload: StripeEvent | AnyNotification): string | undefined {
  if (payload.object !== 'event') return payload.related_object?.id
  const write = toEventWrite(payload)
  return write?.by === 'event' ? write.link.data.id : undefined
}

async function retrieve(
  client: RawRequester,
  path: string,
  account: string,
): Promise<unknown> {
  const additionalHeaders: Readonly<Record<string, string>> =
    account === '' ? {} : { 'Stripe-Account': account }
  try {
    return await client.rawRequest('GET', path, undefined, { additionalHeaders })
  } catch (error) {
    // Gone for good: a draft invoice that was deleted, for one.
    if ((error as { statusCode?: unknown } | null)?.statusCode === 404) return undefined
    throw refetchFailed(path, error)
  }
}

function refetchFailed(path: string, cause: unknown): BillingError {
  return new BillingError(
    'refetch_failed',
    `Stripe could not be asked for ${path}, so the event that is about it will be tried again.`,
    { cause },
  )
}

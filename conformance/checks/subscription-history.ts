import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { nowInSeconds } from '../src/signer/sign.ts'

/** The life of one subscription, as Stripe would tell of it. */
export interface SubscriptionHistory {
  readonly owner: string
  /** In the order in which Stripe made them. All report under one key. */
  readonly events: readonly SubscriptionEvent[]
}

interface SubscriptionEvent extends FixtureEvent {
  readonly status: string
}

/** One state of a subscription. */
interface Step {
  readonly status: string
  /** When it was entered, in seconds from the first one. Default 0: all within one second. */
  readonly after?: number
}

/**
 * Makes the events of a subscription that enters these states one after the other: it is
 * created in the first, and deleted when it is canceled.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/webhooks
 */
export function subscriptionHistory(
  t: CheckContext,
  steps: readonly Step[],
): SubscriptionHistory {
  const nonce = t.nonce()
  const facts = { key: `key_${nonce}`, objectId: `sub_${nonce}`, instruction: 'ok' }
  const owner = `owner-${nonce}`
  const start = nowInSeconds() - 60
  const events = steps.map(({ status, after = 0 }, index): SubscriptionEvent => {
    const previous = steps[index - 1]
    const isEnd = status === 'canceled'
    const type = `customer.subscription.${previous === undefined ? 'created' : isEnd ? 'deleted' : 'updated'}`
    const created = start + after
    const event = {
      id: `evt_${nonce}${index}`,
      object: 'event',
      api_version: '2026-10-28.endive',
      created,
      data: {
        object: {
          ...subscriptionOf(facts.objectId, nonce, start),
          status,
          canceled_at: isEnd ? created : null,
          ended_at: isEnd ? created : null,
          metadata: { user_id: owner, conformance_key: facts.key },
        },
        ...(type.endsWith('updated') && {
          previous_attributes: { status: previous?.status },
        }),
      },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    }
    const body = Buffer.from(JSON.stringify(event))
    return { ...facts, id: event.id, type, body, status }
  })
  return { owner, events }
}

function subscriptionOf(id: string, nonce: string, start: number): object {
  const period = {
    current_period_start: start,
    current_period_end: start + 30 * 86_400,
  }
  return {
    id,
    object: 'subscription',
    cancel_at: null,
    cancel_at_period_end: false,
    collection_method: 'charge_automatically',
    created: start,
    currency: 'eur',
    customer: `cus_${nonce}`,
    default_payment_method: null,
    items: {
      object: 'list',
      data: [
        {
          id: `si_${nonce}`,
          object: 'subscription_item',
          ...period,
          price: { id: 'price_pro', object: 'price', product: 'prod_pro' },
          quantity: 1,
          subscription: id,
        },
      ],
      has_more: false,
    },
    latest_invoice: `in_${nonce}`,
    livemode: false,
    pause_collection: null,
    trial_end: null,
  }
}

/** Delivers events in this order; each must be answered with a 2xx. */
export async function deliverInOrder(
  t: CheckContext,
  events: readonly FixtureEvent[],
): Promise<void> {
  for (const event of events) t.expectStatus(await t.send(t.webhook(event)), '2xx')
}

/**
 * Holds when the application takes an owner's subscription for what it is.
 *
 * @param sent What it was told, in this order.
 */
export async function expectStatusOf(
  t: CheckContext,
  owner: string,
  status: string,
  sent: readonly Pick<SubscriptionEvent, 'status'>[],
): Promise<void> {
  const access = status === 'active' || status === 'trialing'
  const state = await t.whenActed(
    () => t.subject.probe.state(owner),
    (found) => found.status === status && found.access === access,
  )
  const written = (one: { readonly access: boolean; readonly status: string | null }) =>
    `${one.status} ${one.access ? 'with' : 'without'} access`
  if (state.status === status && state.access === access) return
  throw new CheckFailure(
    `${written({ status, access })} after [${sent.map((event) => event.status).join(', ')}]`,
    written(state),
  )
}

// Rebuilds an object out of its events: every change has to have one.
import type Stripe from 'stripe'
import { expect } from 'vitest'

type Fields = Readonly<Record<string, unknown>>

/** These tell of a change too, and have no `previous_attributes`. */
const WITHOUT_PREVIOUS: Readonly<Record<string, readonly string[]>> = {
  'customer.subscription.deleted': [
    'canceled_at',
    'cancellation_details',
    'ended_at',
    'pending_update',
    'status',
  ],
  'customer.subscription.paused': ['status', 'status_details'],
  'customer.subscription.resumed': [
    'billing_cycle_anchor',
    'items',
    'status',
    'status_details',
  ],
}

/**
 * Follows the events of an object from the first to what the API answers: each is, without
 * what it says has changed, the one before.
 */
export function checkChain(
  kind: 'customer.subscription' | 'invoice',
  object: { readonly id: string },
  events: readonly Stripe.Event[],
): void {
  let last: Fields | undefined
  for (const { data, type } of events) {
    const state = plain(data.object)
    if (state.id !== object.id) continue
    const silent = WITHOUT_PREVIOUS[type]
    if (type === `${kind}.created`) {
      expect(last).toBeUndefined()
    } else if (type === `${kind}.updated`) {
      expect(data.previous_attributes).toBeDefined()
      const before = undo(state, plain(data.previous_attributes))
      expect(withoutNulls(before)).toEqual(withoutNulls(last))
    } else if (silent !== undefined) {
      expect(withoutNulls(omit(state, silent))).toEqual(withoutNulls(omit(last, silent)))
    } else continue
    last = state
  }
  expect(withoutNulls(plain(object))).toEqual(withoutNulls(last))
}

/** As it was sent: the SDK makes decimals out of texts. */
function plain(object: unknown): Fields {
  return JSON.parse(JSON.stringify(object)) as Fields
}

function undo(state: Fields, previous: Fields): Fields {
  const before: Record<string, unknown> = { ...state }
  for (const [name, value] of Object.entries(previous)) {
    const now = state[name]
    before[name] = isHash(now) && isHash(value) ? undo(now, value) : value
  }
  return before
}

function omit(state: Fields | undefined, names: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(state ?? {}).filter(([name]) => !names.includes(name)),
  )
}

/** A key that was not there before shows as `null` in what an event says has changed. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isHash(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => [name, withoutNulls(one)]),
  )
}

function isHash(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

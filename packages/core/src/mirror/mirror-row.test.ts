import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { StripeEvent } from '../events/event.ts'
import type { SnapshotEvent } from './event-link.ts'
import {
  type MirrorRow,
  type MirrorWrite,
  mergeMirror,
  toEventWrite,
  toFetchWrite,
} from './mirror-row.ts'

const T = 1_700_000_000
const kinds = ['customer', 'subscription', 'invoice'] as const

const subscription = { id: 'sub_1', object: 'subscription', status: 'active' }

function event(type: string, created: number, object: object, previous?: object) {
  const data = { object, ...(previous && { previous_attributes: previous }) }
  return toEventWrite({ type, created, request: { id: `req_${type}` }, data })
}

function updated(created: number, status: string, previous: object, more: object = {}) {
  const object = { ...subscription, ...more, status }
  return event('customer.subscription.updated', created, object, previous)
}

function fetched(ticket: number, began: number, object: unknown) {
  return toFetchWrite('subscription', 'sub_1', ticket, object, began)
}

/** Each write comes one second after the other, from `from` on. */
function merge(
  writes: readonly (MirrorWrite | undefined)[],
  from: number = T,
): MirrorRow | undefined {
  return writes.reduce<MirrorRow | undefined>((row, write, at) => {
    if (write === undefined) throw new Error('it writes nothing')
    return mergeMirror(row, write, (from + at) * 1_000) ?? row
  }, undefined)
}

function statusOf(row: MirrorRow | undefined): unknown {
  return row?.data.kind === 'customer' ? undefined : row?.data.status
}

describe('an event', () => {
  it('is one of Stripe, as it comes', () => {
    expectTypeOf<StripeEvent>().toExtend<SnapshotEvent>()
  })

  it('writes nothing when nothing of it is mirrored', () => {
    expect(event('charge.succeeded', T, { id: 'ch_1', object: 'charge' })).toBeUndefined()
    expect(event('invoice.upcoming', T, { object: 'invoice' })).toBeUndefined()
    expect(event('invoice.paid', T, subscription)).toBeUndefined()
    expect(updated(Number.POSITIVE_INFINITY, 'active', {})).toBeUndefined()
  })

  it('makes the row, and changes nothing when it comes again', () => {
    const write = updated(T, 'active', { status: 'incomplete' })
    const row = merge([write])
    expect(row).toMatchObject({ data: { status: 'active' }, updatedAt: T * 1_000 })
    expect(write && mergeMirror(row, write, (T + 9) * 1_000)).toBeUndefined()
  })

  it('of an earlier second than those that are known changes nothing', () => {
    const row = merge([
      updated(T + 2, 'past_due', { status: 'active' }),
      updated(T + 1, 'active', { status: 'trialing' }),
    ])
    expect(statusOf(row)).toBe('past_due')
    const late = updated(T, 'trialing', { status: 'incomplete' })
    expect(late && mergeMirror(row, late, 0)).toBeUndefined()
  })

  it('that Stripe made twice of one change counts once, and one of another request again', () => {
    const change = (id: string, from: string, to: string) =>
      toEventWrite({
        type: 'customer.subscription.updated',
        created: T,
        request: { id },
        data: {
          object: { ...subscription, status: to },
          previous_attributes: { status: from },
        },
      })
    const before = updated(T - 1, 'past_due', { status: 'active' })
    const there = change('req_1', 'past_due', 'active')
    const back = change('req_2', 'active', 'past_due')
    const again = change('req_3', 'past_due', 'active')
    expect(statusOf(merge([before, there, back, there]))).toBe('past_due')
    expect(statusOf(merge([before, there, back, again]))).toBe('active')
  })

  it('that says more than another about the same state is not lost beside it', () => {
    const data = { object: subscription }
    const request = { id: 'req_1' }
    const types = ['created', 'pending_update_applied', 'resumed']
    const writes = types.map((type) =>
      toEventWrite({ type: `customer.subscription.${type}`, created: T, request, data }),
    )
    const sets = [writes, writes.toReversed()].map((order) =>
      merge(order)?.order.links.map(({ isFirst, turn }) => [isFirst, turn]),
    )
    expect(sets[0]).toHaveLength(3)
    expect(sets[0]).toEqual(sets[1])
  })

  it('of the end is the last one, though another says it is later', () => {
    const ended = event('customer.subscription.deleted', T, {
      ...subscription,
      status: 'canceled',
    })
    const late = updated(T + 1, 'active', { status: 'past_due' })
    expect(statusOf(merge([ended, late]))).toBe('canceled')
    expect(statusOf(merge([late, ended]))).toBe('canceled')
  })

  it('leaves no personal data of a customer who was deleted', () => {
    const customer = { id: 'cus_1', object: 'customer', email: 'ada@example.com' }
    const row = merge([
      event('customer.created', T, customer),
      event('customer.deleted', T, customer),
    ])
    expect(row?.data).toMatchObject({ deleted: true, email: null })
    expect(merge([event('customer.deleted', T, customer)])?.data).toEqual(
      merge([toFetchWrite('customer', 'cus_1', 1, undefined, 0)])?.data,
    )
  })
})

describe('the changes of one second', () => {
  it('are put in order by what each replaced, also inside hashes', () => {
    const steps = [
      updated(T, 'active', { metadata: { a: null } }, { metadata: { a: '1' } }),
      updated(T, 'active', { metadata: { a: '1' } }, { metadata: { a: '2' } }),
      updated(T, 'active', { metadata: { a: '2', b: null } }, { metadata: { b: '3' } }),
    ]
    for (const order of [steps, steps.toReversed()])
      expect(merge(order)?.data).toMatchObject({ metadata: { b: '3' } })
  })

  it('may lead back to where they began', () => {
    const steps = [
      updated(
        T,
        'active',
        { cancel_at_period_end: false },
        { cancel_at_period_end: true },
      ),
      updated(
        T,
        'active',
        { cancel_at_period_end: true },
        { cancel_at_period_end: false },
      ),
    ]
    for (const began of [true, false]) {
      const before = updated(T - 1, 'active', {}, { cancel_at_period_end: began })
      for (const order of [steps, steps.toReversed()])
        expect(merge([...order, before])?.data).toMatchObject({
          cancelAtPeriodEnd: began,
        })
    }
  })

  // Where nothing decides, one of them would be right by chance.
  it.each([1, 2, 3, 4, 5, 6])('of an invoice go on to its end: %i', (n) => {
    const invoice = { id: 'in_1', object: 'invoice', amount_due: n, attempt_count: 0 }
    const paid = { ...invoice, status: 'paid', attempt_count: 2 }
    const steps = [
      event('invoice.created', T, { ...invoice, status: 'draft' }),
      event('invoice.finalized', T, { ...invoice, status: 'open' }),
      event('invoice.payment_failed', T, {
        ...invoice,
        status: 'open',
        attempt_count: 1,
      }),
      event('invoice.marked_uncollectible', T, {
        ...invoice,
        status: 'uncollectible',
        attempt_count: 1,
      }),
      event('invoice.paid', T, paid),
      event('invoice.payment_succeeded', T, paid),
    ]
    expect(merge(steps.toReversed())?.data).toMatchObject({ status: 'paid' })
    expect(statusOf(merge(steps.slice(0, 4).toReversed()))).toBe('uncollectible')
    expect(merge(steps.slice(0, 3).toReversed())?.data).toMatchObject({ attemptCount: 1 })
  })

  it.each([1, 2, 3, 4, 5, 6])('may go around after a gap: %i', (n) => {
    const invoice = { id: 'in_1', object: 'invoice', amount_due: n }
    const draft = { ...invoice, status: 'draft', metadata: {} }
    const open = { ...draft, status: 'open' }
    const marked = { ...open, metadata: { a: '1' } }
    const steps = [
      event('invoice.created', T, draft),
      event('invoice.finalized', T, open),
      event('invoice.updated', T, marked, { metadata: { a: null } }),
      // It reminds of something, and nothing has changed.
      event('invoice.sent', T, marked),
      event('invoice.updated', T, open, { metadata: { a: '1' } }),
    ]
    for (const order of [steps, steps.toReversed()])
      expect(merge(order)?.data).toHaveProperty('metadata', {})
  })

  it('of an invoice hang together, though its link is another one each time', () => {
    const open = { id: 'in_1', object: 'invoice', status: 'open' }
    const steps = ['1', '2', '3'].map((a, at) =>
      event(
        'invoice.updated',
        T,
        { ...open, metadata: { a }, hosted_invoice_url: `https://a.b/${a}` },
        { metadata: { a: `${at}` } },
      ),
    )
    for (const order of [steps, steps.toReversed()])
      expect(merge(order)?.data).toMatchObject({ metadata: { a: '3' } })
  })

  it.each([1, 2, 3, 4, 5, 6])('are pauses and resumptions in turn: %i', (n) => {
    const shown = { ...subscription, trial_end: n }
    const created = { ...shown, status: 'incomplete' }
    const period = (from: number) => ({
      items: { data: [{ id: 'si_1', current_period_start: from }] },
    })
    const start = [
      event('customer.subscription.created', T, created),
      updated(T, 'active', { status: 'incomplete' }, shown),
    ]
    const paused = (more: object) =>
      event('customer.subscription.paused', T, {
        ...shown,
        ...more,
        status: 'paused',
      })
    const resumed = event('customer.subscription.resumed', T, {
      ...shown,
      ...period(2),
    })
    const cases: [typeof start, object][] = [
      [[...start, paused({})], { status: 'paused', items: [] }],
      [[...start, paused({}), resumed], { status: 'active', currentPeriodStart: 2 }],
      // The pause has changed something else too.
      [
        [...start, paused(period(1)), resumed],
        { status: 'active', currentPeriodStart: 2 },
      ],
      [
        [...start, paused({}), resumed, paused(period(2))],
        { status: 'paused', currentPeriodStart: 2 },
      ],
    ]
    for (const [steps, last] of cases)
      for (const order of [steps, steps.toReversed()])
        expect(merge(order)?.data).toMatchObject(last)
  })

  it('are a pause after a resumption, when it was paused before', () => {
    const before = updated(T - 1, 'paused', {}, { metadata: { a: '1' } })
    const resumed = event('customer.subscription.resumed', T, subscription)
    const paused = event('customer.subscription.paused', T, {
      ...subscription,
      status: 'paused',
      metadata: { a: '2' },
    })
    for (const order of [
      [before, resumed, paused],
      [paused, before, resumed],
    ])
      expect(statusOf(merge(order))).toBe('paused')
  })

  it('may be told in the shapes of two API versions', () => {
    const item = { id: 'si_1', price: { id: 'price_1' }, quantity: 1 }
    const period = { current_period_start: 1, current_period_end: 2 }
    const old = { ...period, items: { data: [item] } }
    const now = { items: { data: [{ ...item, ...period }] }, metadata: { a: '1' } }
    const steps = [
      updated(T, 'active', { status: 'trialing' }, old),
      updated(T, 'active', { metadata: { a: null } }, now),
    ]
    for (const order of [steps, steps.toReversed()])
      expect(merge(order)?.data).toMatchObject({ metadata: { a: '1' } })
  })

  it('leave a small row', () => {
    const steps = Array.from({ length: 100 }, (_, n) =>
      updated(T, 'active', { metadata: { n: `${n}` } }, { metadata: { n: `${n + 1}` } }),
    )
    expect(JSON.stringify(merge(steps)).length).toBeLessThan(32_000)
    const quiet = [...steps, updated(T + 1, 'active', {}), updated(T + 2, 'active', {})]
    expect(JSON.stringify(merge(quiet)).length).toBeLessThan(2_000)
  })
})

describe('a fetch', () => {
  const active = { ...subscription, status: 'active' }
  const pastDue = { ...subscription, status: 'past_due' }

  it('with an earlier ticket than one that has written changes nothing', () => {
    const row = merge([fetched(2, 0, active)])
    for (const ticket of [1, 2]) {
      const late = fetched(ticket, 0, pastDue)
      expect(late && mergeMirror(row, late, 0)).toBeUndefined()
    }
  })

  it('that finds nothing has found a deleted object', () => {
    expect(merge([fetched(1, 0, undefined)])?.data).toMatchObject({ status: 'canceled' })
  })

  it('writes nothing when something else came back', () => {
    expect(fetched(1, 0, { ...active, id: 'sub_2' })).toBeUndefined()
    expect(fetched(1, 0, { object: 'list', data: [] })).toBeUndefined()
    expect(fetched(1, 0, null)).toBeUndefined()
  })

  it('that began after the events had come is newer than they', () => {
    const row = merge([
      updated(T, 'active', { status: 'past_due' }),
      fetched(1, T * 1_000 + 1, pastDue),
    ])
    expect(statusOf(row)).toBe('past_due')
    expect(
      statusOf(merge([fetched(1, T * 1_000, pastDue), updated(T + 1, 'active', {})])),
    ).toBe('active')
  })

  it('does not undo what happened while it was under way', () => {
    const meanwhile = updated(T, 'past_due', { status: 'active' })
    const slow = fetched(1, (T - 1) * 1_000, active)
    expect(statusOf(merge([meanwhile, slow]))).toBe('past_due')
    expect(statusOf(merge([slow, meanwhile]))).toBe('past_due')
  })

  it('is not undone by an event from before it that comes late', () => {
    const slow = fetched(1, (T + 60) * 1_000, active)
    const late = updated(T, 'past_due', { status: 'active' })
    expect(statusOf(merge([slow, late], T + 61))).toBe('active')
  })

  it('that has seen the object further on is not undone by an event that comes late', () => {
    const fetch = fetched(1, T * 1_000, active)
    const late = updated(T, 'incomplete', { metadata: { a: '1' } })
    expect(statusOf(merge([fetch, late]))).toBe('active')
  })

  it('is not undone by the event of the creation', () => {
    const fetch = fetched(1, T * 1_000, pastDue)
    const created = event('customer.subscription.created', T, active)
    expect(statusOf(merge([fetch, created]))).toBe('past_due')
  })
})

it('goes no deeper than what is mirrored', () => {
  let deep = {}
  for (let depth = 0; depth < 50_000; depth += 1) deep = { deep }
  expect(statusOf(merge([updated(T, 'active', { deep }, { deep })]))).toBe('active')
})

it('throws nothing, whatever an event holds', () => {
  const names = ['status', 'items', 'metadata', 'deleted', 'attempt_count', '__proto__']
  const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), {
    noNullPrototype: true,
  })
  const types = ['customer.updated', 'customer.subscription.paused', 'invoice.deleted']
  const writes = fc.record({
    kind: fc.constantFrom(...kinds),
    type: fc.constantFrom(...types, 'customer.subscription.created', 'invoice.updated'),
    created: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1, 2)),
    object: fields,
    previous: fc.oneof(fields, fc.jsonValue()),
    request: fc.jsonValue(),
  })
  fc.assert(
    fc.property(fc.array(writes, { maxLength: 8 }), (events) => {
      let row: MirrorRow | undefined
      for (const { kind, type, created, object, previous, request } of events) {
        const data = {
          object: { status: 'active', ...object, id: 'a', object: kind },
          previous_attributes: previous,
        }
        const write = toEventWrite({ type, created, request, data })
        if (write !== undefined) row = mergeMirror(row, write, 0) ?? row
      }
      if (row !== undefined) expect(JSON.parse(JSON.stringify(row))).toEqual(row)
    }),
  )
})

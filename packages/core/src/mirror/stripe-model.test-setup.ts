// A model of Stripe for properties of the mirror: an object that goes the ways that Stripe
// allows, and the events that tell of it.
import fc from 'fast-check'
import type { SnapshotEvent } from './event-link.ts'
import { type Fields, fieldsOf } from './fields.ts'
import type { MirroredObject, MirrorKind } from './mirrored.ts'
import { normalise } from './normalise.ts'
import type { SubscriptionStatus } from './subscription-status.ts'

export interface ModelEvent extends SnapshotEvent {
  readonly id: string
}

/** Sources: https://docs.stripe.com/billing/subscriptions/overview, https://docs.stripe.com/api/subscriptions/pause */
const TRANSITIONS: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  incomplete: ['active', 'incomplete_expired', 'canceled'],
  trialing: ['active', 'past_due', 'paused', 'canceled'],
  active: ['past_due', 'paused', 'trialing', 'canceled'],
  past_due: ['active', 'unpaid', 'paused', 'canceled'],
  unpaid: ['active', 'canceled'],
  paused: ['active', 'canceled'],
  incomplete_expired: [],
  canceled: [],
}

/** How a change comes about, and how it is told. */
interface Manner {
  /** Time did it, and no request. */
  readonly isAutomatic: boolean
  /** Whether `….updated` comes too where another event announces the change. */
  readonly isTold: boolean
  /** Whether Stripe makes a second event of it. */
  readonly isTwin: boolean
  /** Whether its events are shown in the shape before basil. */
  readonly isOld: boolean
}

/** One thing that happens. What it is depends on where the object is. */
interface Act extends Manner {
  /** Seconds since the last one. */
  readonly gap: number
  readonly what: number
  readonly value: number
}

const SELDOM = fc.constantFrom(false, false, false, true)

const acts: fc.Arbitrary<Act> = fc.record({
  gap: fc.constantFrom(0, 0, 0, 0, 1, 2, 86_400),
  what: fc.nat(9),
  value: fc.nat(5),
  isAutomatic: fc.boolean(),
  isTold: fc.boolean(),
  isTwin: SELDOM,
  isOld: SELDOM,
})

export const kinds: readonly MirrorKind[] = ['customer', 'subscription', 'invoice']

/** What may happen to an object of this kind, in at most so many acts. */
export function lives(
  kind: MirrorKind,
  maxLength: number,
  change: Partial<Act> = {},
): fc.Arbitrary<Life> {
  return fc.array(acts, { maxLength }).map((script) => {
    const life = new Life(kind)
    for (const act of script) life.act({ ...act, ...change })
    return life
  })
}

const IDS = { customer: 'cus_1', subscription: 'sub_1', invoice: 'in_1' } as const

const FIRST: Readonly<Record<MirrorKind, Fields>> = {
  customer: {
    email: 'ada@example.com',
    invoice_settings: { default_payment_method: null, footer: null },
  },
  subscription: {
    customer: 'cus_1',
    status: 'incomplete',
    items: listOf([
      {
        id: 'si_1',
        object: 'subscription_item',
        price: { id: 'price_1', object: 'price', product: 'prod_1', lookup_key: 'pro' },
        quantity: 1,
        current_period_start: 0,
        current_period_end: 100,
      },
    ]),
    cancel_at_period_end: false,
    canceled_at: null,
    pause_collection: null,
    latest_invoice: 'in_0',
  },
  invoice: {
    customer: 'cus_1',
    parent: { subscription_details: { subscription: 'sub_1' } },
    status: 'draft',
    attempt_count: 0,
    next_payment_attempt: null,
    amount_due: 1_000,
    amount_paid: 0,
  },
}

export class Life {
  readonly kind: MirrorKind
  readonly events: ModelEvent[] = []
  /** What the object was after each event. */
  readonly states: MirroredObject[] = []
  readonly #objects: Fields[] = []
  now = 1_700_000_000
  object: Fields
  #requests = 0
  /** What time has done in which second: it does not do the same again. */
  readonly #automatic = new Set<string>()

  constructor(kind: MirrorKind) {
    this.kind = kind
    const id = IDS[kind]
    this.object = { id, object: kind, created: this.now, metadata: {}, ...FIRST[kind] }
    const manner = { isAutomatic: false, isTold: false, isTwin: false, isOld: false }
    this.#tell('created', manner)
  }

  /** What a fetch would bring now. */
  get state(): MirroredObject {
    const state = normalise(this.kind, this.object)
    if (state === undefined) throw new Error('the model is wrong')
    return state
  }

  /** What Stripe had after so many events. */
  objectAfter(events: number): Fields {
    return this.#objects[events - 1] ?? {}
  }

  act(act: Act): void {
    if (this.object.deleted === true) return
    const { what, value } = act
    this.now += act.gap
    this.#requests += 1
    if (what === 0) this.#update({ description: `${value}` }, act)
    else if (what <= 2) this.#update({ metadata: this.#metadata(value) }, act)
    else if (this.kind === 'customer') this.#actOnCustomer(act)
    else if (this.kind === 'subscription') this.#actOnSubscription(act)
    else this.#actOnInvoice(act)
  }

  #metadata(value: number): Fields {
    const { a: _, ...others } = fieldsOf(this.object.metadata) ?? {}
    if (value < 2) return others
    return { ...others, [value < 4 ? 'a' : 'b']: `${value}` }
  }

  #actOnCustomer(act: Act): void {
    const { what, value } = act
    const method = value < 3 ? null : `pm_${value}`
    if (what < 6) this.#update({ email: `${value}@example.com` }, act)
    else if (what < 9)
      this.#update(
        { invoice_settings: { default_payment_method: method, footer: null } },
        act,
      )
    else if (value === 0) this.#delete(act)
  }

  #actOnSubscription(act: Act): void {
    const { what, value } = act
    const { status, pause_collection } = this.object
    const items = this.#items()
    const next = TRANSITIONS[status as SubscriptionStatus]
    const to = next[value % next.length]
    if (to === undefined) return
    if (what === 3) this.#update({ cancel_at_period_end: value % 2 === 0 }, act)
    else if (what === 4) {
      const changed = items.map((item) => ({ ...item, quantity: value }))
      this.#update({ items: listOf(changed) }, act)
    } else if (what === 5) {
      const changed =
        items.length > 1
          ? items.slice(1)
          : [...items, { ...items[0], id: `si_${value + 2}` }]
      this.#update({ items: listOf(changed) }, act)
    } else if (what === 6 && value < 2) this.#tell('trial_will_end', act)
    else if (what === 6) {
      const pause = { behavior: 'void', resumes_at: value }
      this.#update({ pause_collection: pause_collection === null ? pause : null }, act)
    } else this.#changeStatus(to, act)
  }

  #items(): readonly Fields[] {
    return (this.object.items as { readonly data: readonly Fields[] }).data
  }

  #changeStatus(status: SubscriptionStatus, act: Act): void {
    if (status === 'canceled') {
      const ended = { canceled_at: this.now, ended_at: this.now, pause_collection: null }
      this.#announce('deleted', { status, ...ended }, act)
    } else if (status === 'paused') this.#announce('paused', { status }, act)
    else if (this.object.status === 'paused') {
      // It begins a period, and perhaps no event says what that replaced.
      const period = {
        current_period_start: this.now,
        current_period_end: this.now + 100,
      }
      const items = this.#items().map((item) => ({ ...item, ...period }))
      this.#announce('resumed', { status, items: listOf(items) }, act)
    } else this.#update({ status, latest_invoice: `in_${act.value}` }, act)
  }

  #actOnInvoice(act: Act): void {
    const { what, value } = act
    const { status } = this.object
    const attempt_count = Number(this.object.attempt_count) + 1
    if (status === 'draft' && what < 5) this.#update({ amount_due: value * 100 }, act)
    else if (status === 'draft' && what === 9 && value === 0) this.#delete(act)
    else if (status === 'draft')
      this.#announce('finalized', { status: 'open', hosted_invoice_url: `${value}` }, act)
    else if (status !== 'open' && status !== 'uncollectible') return
    else if (what < 5) this.#tell('sent', act)
    else if (what < 7 && status === 'open')
      this.#announce(
        'payment_failed',
        { attempt_count, next_payment_attempt: value },
        act,
      )
    else if (value === 0) this.#announce('voided', { status: 'void' }, act)
    else if (value === 1 && status === 'open')
      this.#announce('marked_uncollectible', { status: 'uncollectible' }, act)
    else {
      this.#announce('paid', { status: 'paid', attempt_count, amount_paid: 1_000 }, act)
      this.#tell('payment_succeeded', act)
    }
  }

  /** The event shows the object as it was. */
  #delete(manner: Manner): void {
    const shown = this.object
    this.object = { id: shown.id, object: this.kind, deleted: true }
    this.#tell('deleted', manner, { shown })
  }

  /** A change that has an event of its own, which does not say what it replaced. */
  #announce(type: string, fields: Fields, manner: Manner): void {
    const before = this.object
    this.object = { ...before, ...fields }
    if (manner.isTold) this.#tell('updated', manner, { before })
    this.#tell(type, manner)
  }

  #update(fields: Fields, manner: Manner): void {
    const before = this.object
    this.object = { ...before, ...fields }
    if (differenceOf(before, this.object) !== undefined)
      this.#tell('updated', manner, { before })
  }

  #tell(
    type: string,
    { isAutomatic, isTwin, isOld }: Manner,
    { shown = this.object, before }: { shown?: Fields; before?: Fields } = {},
  ): void {
    const family = this.kind === 'subscription' ? 'customer.subscription' : this.kind
    const object = isOld ? toOldShape(shown) : shown
    const was = before && (isOld ? toOldShape(before) : before)
    const states = [before ?? {}, this.object].map((one) => normalise(this.kind, one))
    const change = JSON.stringify([this.now, ...states])
    const request =
      isAutomatic && !this.#automatic.has(change) ? null : `req_${this.#requests}`
    this.#automatic.add(change)
    const event = {
      type: `${family}.${type}`,
      created: this.now,
      request: { id: request },
      data: {
        object,
        ...(was && { previous_attributes: differenceOf(was, object) ?? {} }),
      },
    }
    for (let count = isTwin ? 2 : 1; count > 0; count -= 1) {
      this.events.push({ id: `evt_${this.events.length}`, ...event })
      this.states.push(this.state)
      this.#objects.push(this.object)
    }
  }
}

function listOf(data: readonly Fields[]): Fields {
  return { object: 'list', data }
}

/** As subscriptions and invoices were shown before 2025-03-31.basil. */
function toOldShape(object: Fields): Fields {
  if (object.object === 'invoice') {
    const { parent: _, ...others } = object
    return { ...others, subscription: 'sub_1' }
  }
  if (object.object !== 'subscription') return object
  const { data } = object.items as { readonly data: readonly Fields[] }
  const items = data.map(
    ({ current_period_start: _, current_period_end: __, ...item }) => item,
  )
  const { current_period_start, current_period_end } = data[0] ?? {}
  return { ...object, current_period_start, current_period_end, items: listOf(items) }
}

/** `previous_attributes`: inside hashes only what changed, lists whole, `null` for what was not there. */
function differenceOf(before: Fields, after: Fields): Fields | undefined {
  const names = Object.keys({ ...before, ...after })
  const changed = names.flatMap((name) => {
    const was = before[name] ?? null
    const is = after[name] ?? null
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const [old, now] = [fieldsOf(was), fieldsOf(is)]
    return [[name, old && now ? differenceOf(old, now) : was] as const]
  })
  return changed.length === 0 ? undefined : Object.fromEntries(changed)
}

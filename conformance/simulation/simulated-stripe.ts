import {
  type Change,
  type Fields,
  firstFields,
  type MirroredKind,
  type ModelObject,
  nextChange,
  revisionOf,
} from './model-object.ts'
import type { World } from './world.ts'

export interface ModelEvent {
  readonly id: string
  readonly type: string
  readonly livemode: boolean
  readonly object: Fields
  /** One for all events that tell of one change. */
  readonly change: string
  readonly body: Uint8Array
  isAnswered: boolean
}

const KINDS = ['customer', 'subscription', 'invoice', 'other', 'other'] as const

/** What happens beside the objects that are mirrored. */
const OTHERS: readonly [Other, ...Other[]] = [
  ['charge', 'charge.succeeded'],
  ['charge', 'charge.succeeded'],
  ['charge', 'charge.expired'],
  ['payout', 'payout.paid'],
  ['balance', 'balance.available'],
]

type Other = readonly [object: string, type: string]

/** The world's Stripe: objects that change, events that tell of it, and what a fetch shows at its moment. */
export class SimulatedStripe {
  readonly events: ModelEvent[] = []
  readonly objects: Map<string, ModelObject> = new Map()
  readonly #world: World
  readonly #onEvent: (event: ModelEvent) => void
  #count = 0

  constructor(world: World, onEvent: (event: ModelEvent) => void) {
    this.#world = world
    this.#onEvent = onEvent
  }

  /** Something happens, as the chooser says, and more of it may follow soon. */
  change(): void {
    const { chooser } = this.#world
    const [first, ...others] = this.objects.keys()
    if (first !== undefined && !chooser.oneIn(3)) {
      this.#changeOften(chooser.of([first, ...others]))
      return
    }
    const kind = chooser.of(KINDS)
    if (kind !== 'other') this.#create(kind)
    else this.#onEvent(this.#happen(...chooser.of(OTHERS), chooser.oneIn(4)))
  }

  /** Something for which a handler runs, and of which nobody is told yet. */
  payOut(): ModelEvent {
    return this.#happen('payout', 'payout.paid', false)
  }

  #changeOften(id: string): void {
    const { chooser, isHealed, scheduler } = this.#world
    const object = this.objects.get(id)
    const change = object && !isHealed ? nextChange(object, chooser) : undefined
    if (object === undefined || change === undefined) return
    this.#apply(object, change)
    if (chooser.oneIn(2)) return
    const delayMs = 2 * this.#world.pace()
    scheduler.after(delayMs, `${id} changes again`, () => this.#changeOften(id))
  }

  #create(kind: MirroredKind): void {
    const id = `${kind.slice(0, 3)}_${this.#next()}`
    const created = this.#seconds()
    const fields = firstFields(kind, this.#world.chooser)
    const object = { id, object: kind, created, metadata: { revision: '0' }, ...fields }
    this.objects.set(id, object)
    this.#tell('created', object)
  }

  #apply(object: ModelObject, { fields, tells, isDeleted }: Change): void {
    const { id, object: kind } = object
    if (isDeleted) {
      this.objects.set(id, { id, object: kind, deleted: true })
      // The event of a deletion shows the object as it was.
      for (const what of tells) this.#tell(what, object)
      return
    }
    const was = revisionOf(object)
    const metadata = { revision: String(Number(was) + 1) }
    const changed = { ...object, ...fields, metadata }
    this.objects.set(id, changed)
    const before = Object.keys(fields).map((name) => [name, object[name]])
    const previous = { ...Object.fromEntries(before), metadata: { revision: was } }
    for (const what of tells)
      this.#tell(what, changed, what === 'updated' ? previous : undefined)
  }

  #tell(what: string, object: ModelObject, previous?: Fields): void {
    const isSubscription = object.object === 'subscription'
    const type = isSubscription
      ? `customer.subscription.${what}`
      : `${object.object}.${what}`
    const change = `${object.id} r${revisionOf(object)}`
    // Stripe now and then makes two events of one change.
    do this.#onEvent(this.#emit(type, object, change, { previous }))
    while (this.#world.happens(this.#world.plan.duplicates))
    if (isSubscription && this.#world.happens(6))
      this.#onEvent(this.#notify(`v1.${type}`, object, change))
  }

  #happen(kind: string, type: string, isOwnerless: boolean): ModelEvent {
    const id = kind === 'balance' ? {} : { id: `${kind.slice(0, 2)}_${this.#next()}` }
    const metadata = { owner: isOwnerless ? null : 'user_1' }
    const object = { ...id, object: kind, metadata }
    const livemode = this.#world.happens(8)
    return this.#emit(type, object, `${this.#next()}`, { livemode })
  }

  #emit(
    type: string,
    object: Fields,
    change: string,
    { previous, livemode = false }: { previous?: Fields | undefined; livemode?: boolean },
  ): ModelEvent {
    return this.#keep(
      { type, livemode, object, change },
      {
        object: 'event',
        api_version: '2026-10-28.endive',
        created: this.#seconds(),
        data: { object, ...(previous && { previous_attributes: previous }) },
      },
    )
  }

  /** A thin notification, as an endpoint may have asked for beside the events. */
  #notify(type: string, { id, object }: ModelObject, change: string): ModelEvent {
    return this.#keep(
      { type, livemode: false, object: {}, change },
      {
        object: 'v2.core.event',
        created: new Date(this.#seconds() * 1_000).toISOString(),
        related_object: { id, type: object, url: `/v1/subscriptions/${id}` },
      },
    )
  }

  #keep(
    facts: Omit<ModelEvent, 'id' | 'body' | 'isAnswered'>,
    content: Fields,
  ): ModelEvent {
    const id = `evt_${this.#next()}`
    const { type, livemode, change } = facts
    const body = new TextEncoder().encode(
      JSON.stringify({ id, type, livemode, ...content }),
    )
    const event = { ...facts, id, body, isAnswered: false }
    this.events.push(event)
    this.#world.scheduler.note(`Stripe  ${id} ${type} of ${change}`)
    return event
  }

  #seconds(): number {
    return Math.floor(this.#world.scheduler.now / 1_000)
  }

  #next(): number {
    this.#count += 1
    return this.#count
  }
}

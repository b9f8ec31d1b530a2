import type { Chooser } from '../fuzz/chooser.ts'
import { businessKey } from './child/business-key.ts'
import { groupsOf, isMirrored } from './child/groups.ts'
import type { CustomerHistory, HistoricEvent, StripeObject } from './history.ts'

export interface LoggedEvent {
  readonly id: string
  readonly type: string
  readonly body: Buffer
  readonly businessKey: string
  /** Id of the object that is mirrored, if the event is about one. */
  readonly mirroredId: string | undefined
  /** What becomes of it in the end. */
  readonly end: 'processed' | 'ignored'
}

/** One in so many events has a second one, of another id, that tells of the same change. */
const TWINS = 7

/** What Stripe has to tell in one world, oldest first; and what its API shows at each moment. */
export class EventLog {
  readonly events: readonly LoggedEvent[]
  readonly objects: ReadonlyMap<string, StripeObject>
  /** By object, when it became what. */
  readonly #states = new Map<
    string,
    { readonly index: number; readonly object: StripeObject }[]
  >()
  #happened = 0

  /** @param customers How many customers it is about. */
  constructor(
    histories: readonly CustomerHistory[],
    customers: number,
    chooser: Chooser,
  ) {
    const chosen: CustomerHistory[] = []
    const left = [...histories]
    while (chosen.length < customers && left.length > 0)
      chosen.push(...left.splice(chooser.below(left.length), 1))
    this.events = mix(chosen, chooser).map(({ event, isTwin }, index) => {
      const { object } = event.data
      const isAbout = isMirrored(event.type) && typeof object.id === 'string'
      if (isAbout && !isTwin) {
        const states = this.#states.get(object.id) ?? []
        states.push({ index, object })
        this.#states.set(object.id, states)
      }
      return toLogged(event, isAbout ? object.id : undefined)
    })
    this.objects = new Map(chosen.flatMap(({ objects }) => [...objects]))
  }

  /** How many events have happened so far. */
  get happened(): number {
    return this.#happened
  }

  /** One more happens. `undefined` when all have. */
  next(): LoggedEvent | undefined {
    const event = this.events[this.#happened]
    if (event !== undefined) this.#happened += 1
    return event
  }

  /** What the API shows now. */
  fetch(id: string): StripeObject | undefined {
    if (this.#happened === this.events.length) return this.objects.get(id)
    return this.statesOf(id).at(-1)
  }

  /** Its states so far, oldest first, or those since an event. */
  statesOf(id: string, since = 0): readonly StripeObject[] {
    const states = this.#states.get(id) ?? []
    // A second event of a change comes later than the state that it tells of.
    const first = states.findLastIndex(({ index }) => index <= since)
    return states
      .slice(Math.max(0, first))
      .filter(({ index }) => index < this.#happened)
      .map(({ object }) => object)
  }
}

interface Mixed {
  readonly event: HistoricEvent
  readonly isTwin: boolean
}

/** What happens to one customer keeps its order. */
function mix(histories: readonly CustomerHistory[], chooser: Chooser): readonly Mixed[] {
  const queues = histories.map(({ events }) => [...events])
  const mixed: Mixed[] = []
  const twins: { readonly event: HistoricEvent; readonly at: number }[] = []
  while (queues.some(({ length }) => length > 0)) {
    const queue = queues[chooser.below(queues.length)] ?? []
    for (let count = chooser.below(6); count >= 0; count -= 1) {
      const event = queue.shift()
      if (event === undefined) break
      mixed.push({ event, isTwin: false })
      if (chooser.oneIn(TWINS))
        twins.push({ event, at: mixed.length + chooser.below(20) })
    }
  }
  for (const { event, at } of twins.reverse())
    mixed.splice(at, 0, { event: { ...event, id: `${event.id}twin` }, isTwin: true })
  return mixed
}

function toLogged(event: HistoricEvent, mirroredId: string | undefined): LoggedEvent {
  const isRun = groupsOf(event.type).length > 0 || isMirrored(event.type)
  return {
    id: event.id,
    type: event.type,
    body: Buffer.from(JSON.stringify(event)),
    businessKey: businessKey(event),
    mirroredId,
    end: isRun ? 'processed' : 'ignored',
  }
}

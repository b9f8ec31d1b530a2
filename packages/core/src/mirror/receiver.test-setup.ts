// A receiver to which the events of a life come in any order, while fetches are under way.
import type { Fields } from './fields.ts'
import {
  type MirrorRow,
  type MirrorWrite,
  mergeMirror,
  toEventWrite,
  toFetchWrite,
} from './mirror-row.ts'
import type { Life, ModelEvent } from './stripe-model.test-setup.ts'

interface Fetch {
  readonly ticket: number
  readonly began: number
  /** What it is for, when an event made it. */
  readonly event: ModelEvent | undefined
  /** Once Stripe has answered. */
  answer?: { readonly object: Fields }
}

export class Receiver {
  row: MirrorRow | undefined
  readonly #life: Life
  readonly #choices: Iterator<number>
  /** How far its clock goes before or behind Stripe's, in milliseconds. */
  readonly #skew: number
  readonly #waiting: ModelEvent[] = []
  readonly #fetches: Fetch[] = []
  /** How many events of the life have happened. */
  #happened = 0
  #tickets = 0
  #steps = 0

  constructor(life: Life, choices: Iterable<number>) {
    this.#life = life
    this.#choices = choices[Symbol.iterator]()
    this.#skew = (this.#choose(9) - 4) * 1_000
  }

  /** Lets everything happen that is to happen, in an order that the choices make. */
  run(sync: 'refetch' | 'event'): void {
    const { events } = this.#life
    for (;;) {
      const isOver = this.#happened === events.length
      if (isOver && this.#waiting.length === 0 && this.#fetches.length === 0) return
      this.#steps += 1
      switch (this.#choose(6)) {
        case 0:
          this.#happen()
          break
        case 1:
          this.#deliver(sync)
          break
        case 2:
          if (sync === 'event' && this.#happened > 0 && !isOver)
            this.#beginFetch(undefined)
          break
        case 3:
          this.#answer()
          break
        case 4:
          this.#endFetch()
          break
        default:
          this.#failFetch()
      }
    }
  }

  #happen(): void {
    const event = this.#life.events[this.#happened]
    if (event === undefined) return
    this.#happened += 1
    this.#waiting.push(event)
    // Stripe delivers some events twice.
    if (this.#choose(5) === 0) this.#waiting.push(event)
  }

  #deliver(sync: 'refetch' | 'event'): void {
    const event = this.#take(this.#waiting)
    if (event === undefined) return
    if (sync === 'event') this.#merge(toEventWrite(event))
    else this.#beginFetch(event)
  }

  #beginFetch(event: ModelEvent | undefined): void {
    this.#tickets += 1
    this.#fetches.push({ ticket: this.#tickets, began: this.#now(), event })
  }

  #answer(): void {
    const open = this.#fetches.filter(({ answer }) => answer === undefined)
    const fetch = open[this.#choose(open.length)]
    if (fetch !== undefined)
      fetch.answer = { object: this.#life.objectAfter(this.#happened) }
  }

  #endFetch(): void {
    const { kind } = this.#life
    const ended = this.#fetches.filter(({ answer }) => answer !== undefined)
    const fetch = ended[this.#choose(ended.length)]
    if (fetch?.answer === undefined) return
    this.#fetches.splice(this.#fetches.indexOf(fetch), 1)
    const { object } = fetch.answer
    const fetched = kind === 'invoice' && object.deleted === true ? undefined : object
    const id = this.#life.state.id
    this.#merge(toFetchWrite(kind, id, fetch.ticket, fetched, fetch.began))
  }

  /** The event it was for comes again. */
  #failFetch(): void {
    const { event } = this.#take(this.#fetches) ?? {}
    if (event !== undefined) this.#waiting.push(event)
  }

  #merge(write: MirrorWrite | undefined): void {
    if (write === undefined) throw new Error('it writes nothing')
    const row = mergeMirror(this.row, write, this.#now())
    if (row !== undefined) this.row = JSON.parse(JSON.stringify(row))
  }

  /** In the second of the last event. */
  #now(): number {
    const { created } = this.#life.events[Math.max(this.#happened - 1, 0)] ?? {
      created: 0,
    }
    return created * 1_000 + Math.min(this.#steps, 999) + this.#skew
  }

  #take<T>(from: T[]): T | undefined {
    return from.splice(this.#choose(from.length), 1)[0]
  }

  #choose(below: number): number {
    return below === 0 ? 0 : this.#choices.next().value % below
  }
}

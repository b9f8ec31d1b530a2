// Stripe's side of webhooks: signed, in no order, again and again until a 2xx.
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chooser } from '../fuzz/chooser.ts'
import { signatureHeader } from '../src/signer/sign.ts'
import { SECRET } from './child/messages.ts'
import type { Child } from './child-process.ts'
import type { EventLog, LoggedEvent } from './event-log.ts'

const LANES = 8
/** So many events overtake one another, in each run another number. Those that were refused again and again do not count: the dead may hold them. */
const WINDOWS = [3, 5, 12] as const
const REFUSALS = 2
/** Between two events, in milliseconds: what is fetched for one may be older than the next. */
const LONGEST_GAP = 8
/** One in so many lanes with nothing to do sends what was answered already. */
const IDLE = 25
/** In milliseconds. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 40

interface Pending {
  readonly event: LoggedEvent
  /** Requests under way. */
  inFlight: number
  /** That were not acknowledged. */
  attempts: number
  /** In milliseconds of `performance.now()`. */
  dueAt: number
}

export class Deliveries {
  readonly #log: EventLog
  readonly #chooser: Chooser
  readonly #pending: Pending[] = []
  readonly #acknowledged: LoggedEvent[] = []
  readonly #agent = new http.Agent({ keepAlive: true })
  #window: number = WINDOWS[0]
  /** When something may happen again, in milliseconds of `performance.now()`. */
  #nextAt = 0
  /** By event: how many events had happened when a 2xx came. */
  readonly acknowledged: Map<string, number> = new Map()
  /** How often each status came; 0 stands for a connection that broke. */
  readonly answers: Map<number, number> = new Map()

  constructor(log: EventLog, chooser: Chooser) {
    this.#log = log
    this.#chooser = chooser
  }

  get areDone(): boolean {
    return this.#pending.length === 0 && this.#log.happened === this.#log.events.length
  }

  /** Whether everything that has happened is acknowledged, or was refused again and again. */
  get areTried(): boolean {
    return this.#pending.every(({ attempts }) => attempts > REFUSALS)
  }

  /**
   * Delivers to whoever listens.
   *
   * @param limit How many events may have happened at its end.
   */
  async run(
    receivers: () => readonly Child[],
    limit: number,
    isOver: () => boolean,
  ): Promise<void> {
    this.#window = this.#chooser.of(WINDOWS)
    const lane = async () => {
      while (!isOver()) {
        const listening = receivers().filter(({ port }) => port > 0)
        const target = listening[this.#chooser.below(listening.length)]
        const pending = target && this.#choose(limit)
        if (target === undefined || pending === undefined) await sleep(2)
        else await this.#deliver(pending, target)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }

  close(): void {
    this.#agent.destroy()
  }

  #choose(limit: number): Pending | undefined {
    const now = performance.now()
    const fresh = this.#pending.filter(({ attempts }) => attempts <= REFUSALS).length
    if (fresh < this.#window && this.#log.happened < limit && this.#nextAt <= now) {
      const event = this.#log.next()
      if (event !== undefined) this.#pending.push(toPending(event))
      this.#nextAt = now + this.#chooser.below(LONGEST_GAP)
    }
    const isTwice = this.#chooser.oneIn(16)
    const due = this.#pending.filter(
      ({ inFlight, dueAt }) => dueAt <= now && (inFlight === 0 || isTwice),
    )
    const chosen = due[this.#chooser.below(due.length || 1)]
    // Stripe sends now and then what was answered already.
    const again = this.#acknowledged[this.#chooser.below(this.#acknowledged.length || 1)]
    const isAgain = this.#chooser.oneIn(chosen === undefined ? IDLE : 7)
    return again !== undefined && isAgain ? toPending(again) : chosen
  }

  async #deliver(pending: Pending, target: Child): Promise<void> {
    pending.inFlight += 1
    const status = await this.#post(pending.event, target)
    pending.inFlight -= 1
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1)
    if (status >= 200 && status < 300) {
      this.#acknowledge(pending)
      return
    }
    pending.attempts += 1
    const pause = Math.min(
      LONGEST_PAUSE,
      FIRST_PAUSE * 2 ** Math.min(pending.attempts, 8),
    )
    pending.dueAt = performance.now() + pause
  }

  #acknowledge(pending: Pending): void {
    const index = this.#pending.indexOf(pending)
    if (index === -1) return
    this.#pending.splice(index, 1)
    this.#acknowledged.push(pending.event)
    this.acknowledged.set(pending.event.id, this.#log.happened)
  }

  /** Gives 0 when the connection broke before an answer. */
  #post({ body }: LoggedEvent, { port, clockOffset }: Child): Promise<number> {
    const timestamp = Math.floor((Date.now() + clockOffset) / 1_000)
    return new Promise((resolve) => {
      const request = http.request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': body.length,
            'stripe-signature': signatureHeader(body, { secret: SECRET, timestamp }),
          },
        },
        (response) => {
          // The status has come: for Stripe that is an acknowledgement.
          resolve(response.statusCode ?? 0)
          response.on('error', () => {}).resume()
        },
      )
      request.on('error', () => resolve(0))
      request.end(body)
    })
  }
}

function toPending(event: LoggedEvent): Pending {
  return { event, inFlight: 0, attempts: 0, dueAt: 0 }
}

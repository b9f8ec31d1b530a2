// One database, the processes that live and die on it, and those who watch.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Chooser, deriveSeed, seededChooser } from '../fuzz/chooser.ts'
import type { Death, Orders, ToChild } from './child/messages.ts'
import type { ChildPool } from './child-pool.ts'
import type { Child } from './child-process.ts'
import { Deliveries } from './deliveries.ts'
import { EventLog } from './event-log.ts'
import type { CustomerHistory } from './history.ts'
import { type Facts, type Finding, judge, judgeEnd } from './judge.ts'
import { OutsideServer } from './outside-server.ts'
import type { Plan } from './plan.ts'
import type { RawDatabase } from './raw-state.ts'
import { Violation } from './violation.ts'
import { WorldClock } from './world-clock.ts'

/** A process that has not come to its step by then is killed, or so long after its share of events was acknowledged. */
const PATIENCE_MS = 3_000
const QUIET_MS = { sqlite: 80, postgres: 80, engine: 600 }
/** So long nobody dies at first, so that all steps are known. */
const DRY_MS = { sqlite: 800, postgres: 1_000, engine: 2_500 }
const HEALING_MS = 60_000
const LOOK_MS = 25

/** How a life is to end. */
export type Ending =
  | { readonly at: 'a step'; readonly death: Death }
  | { readonly at: 'any moment'; readonly afterMs: number }
  | { readonly at: 'no moment' }

export class World {
  readonly plan: Plan
  readonly log: EventLog
  readonly deliveries: Deliveries
  readonly database: RawDatabase
  readonly #pool: ChildPool
  readonly #chooser: Chooser
  readonly #outside: OutsideServer
  readonly #clock: WorldClock
  readonly #cast: (Child | undefined)[]
  #outsidePort = 0
  #lives = 0
  #isCalm = false
  /** What the dead have said. */
  #lastWords = ''

  constructor(
    plan: Plan,
    {
      customers,
      database,
      histories,
      pool,
    }: {
      /** How much happens: about 80 events for each. */
      readonly customers: number
      readonly database: RawDatabase
      readonly histories: readonly CustomerHistory[]
      readonly pool: ChildPool
    },
  ) {
    const seedOf = (part: string) => seededChooser(deriveSeed(plan.seed, part))
    this.plan = plan
    this.database = database
    this.#pool = pool
    this.#chooser = seedOf('world')
    this.log = new EventLog(histories, customers, seedOf('log'))
    this.deliveries = new Deliveries(this.log, seedOf('deliveries'))
    this.#outside = new OutsideServer(this.log, seedOf('outside'))
    this.#clock = new WorldClock(plan.clocks, this.#chooser)
    this.#cast = plan.roles.map(() => undefined)
  }

  get #facts(): Facts {
    const { plan, log, deliveries } = this
    return {
      plan,
      log,
      acknowledged: deliveries.acknowledged,
      mails: this.#outside.mails,
    }
  }

  get chooser(): Chooser {
    return this.#chooser
  }

  async open(): Promise<void> {
    this.#outsidePort = await this.#outside.listen()
  }

  /**
   * Everybody lives, until one of them dies as was said.
   *
   * @param limit How many events may have happened at its end.
   * @returns Whether the end was as it was to be.
   */
  async live(ending: Ending, limit: number): Promise<boolean> {
    this.#lives += 1
    this.#clock.move()
    if (this.#chooser.oneIn(3)) await this.database.passTime()
    const victimPlace = this.#chooser.below(this.#cast.length)
    // A new one, so that it can be told where to die.
    await this.#cast[victimPlace]?.kill()
    this.#cast[victimPlace] = undefined
    const death = ending.at === 'a step' ? ending.death : undefined
    await this.#fill(victimPlace, death)
    const victim = this.#cast.at(victimPlace)
    if (victim === undefined) throw new Error('nobody was started')
    let isOver = false
    const traffic = this.#deliverUntil(() => isOver, limit)
    const jumps = this.#jumpMeanwhile(() => isOver)
    const isAsPlanned = await this.#awaitEnd(victim, ending, limit)
    isOver = true
    await Promise.all([traffic, jumps])
    if (victim.isGone) this.#bury(victimPlace)
    return isAsPlanned
  }

  /** @returns How often each step was reached. */
  async counts(): Promise<readonly Readonly<Record<string, number>>[]> {
    return Promise.all(this.#cast.flatMap((child) => child?.counts() ?? []))
  }

  /** Looks into the database as it was left. */
  async check(): Promise<void> {
    const state = await this.database.read()
    if (state === undefined) return
    const finding = judge(this.#facts, state)
    if (finding !== undefined) throw await this.#found(finding)
  }

  /** Everybody lives through something, while events come, and nobody ends by it. */
  async endure(during: () => Promise<void>): Promise<void> {
    this.#lives += 1
    await this.#fill(undefined, undefined)
    let isOver = false
    const traffic = this.#deliverUntil(() => isOver, this.log.events.length)
    await during()
    isOver = true
    await traffic
    for (const child of this.#cast)
      if (child?.isGone) throw this.#violation(undefined, child)
  }

  tell(message: ToChild): void {
    for (const child of this.#cast) child?.tell(message)
  }

  /**
   * From now on nothing fails, everything is delivered, and all has to come to its end.
   *
   * @param restarts Whether everybody begins anew before.
   */
  async heal({ restarts = true }: { readonly restarts?: boolean } = {}): Promise<void> {
    this.#isCalm = true
    this.#outside.isCalm = true
    if (restarts) await this.#killAll()
    this.#clock.leap()
    await this.database.passTime()
    await this.#fill(undefined, undefined)
    this.tell({ kind: 'calm' })
    const end = performance.now() + HEALING_MS
    let finding: Finding | undefined
    let isOver = false
    const traffic = this.#deliverUntil(() => isOver, this.log.events.length)
    do {
      await sleep(LOOK_MS)
      finding = await this.#findOpen()
    } while (finding !== undefined && performance.now() < end)
    isOver = true
    await traffic
    if (finding !== undefined) throw await this.#found(finding)
  }

  /** Ends everybody, and looks once more. */
  async finish(): Promise<void> {
    await this.#killAll()
    const state = await this.database.read()
    const finding = state && judgeEnd(this.#facts, state)
    if (finding !== undefined) throw await this.#found(finding)
    const damage = await this.database.findDamage()
    if (damage !== undefined) throw new Violation('other', damage)
  }

  async close(): Promise<void> {
    await this.#killAll()
    this.#outside.close()
    this.deliveries.close()
  }

  async #killAll(): Promise<void> {
    await Promise.all(this.#cast.map((child) => child?.kill()))
    this.#cast.fill(undefined)
  }

  #deliverUntil(isOver: () => boolean, limit: number): Promise<void> {
    const receivers = () => this.#cast.filter((child) => child !== undefined)
    return this.deliveries.run(receivers, limit, isOver)
  }

  async #findOpen(): Promise<Finding | undefined> {
    if (!this.deliveries.areDone)
      return { harm: 'lost', what: 'an event is never acknowledged' }
    const state = await this.database.read()
    if (state === undefined) return { harm: 'lost', what: 'there are no tables' }
    return judgeEnd(this.#facts, state)
  }

  /** Waits for a death, and sees to it. */
  async #awaitEnd(victim: Child, ending: Ending, limit: number): Promise<boolean> {
    if (ending.at === 'no moment') {
      const began = performance.now()
      const end = began + 20_000
      const isDone = () =>
        this.log.happened >= limit && performance.now() > began + DRY_MS[this.plan.store]
      while (!victim.isGone && !isDone() && performance.now() < end) await sleep(LOOK_MS)
      if (victim.isGone) throw this.#violation(undefined, victim)
      return true
    }
    if (ending.at === 'a step') await this.#awaitStep(victim, limit)
    else await Promise.race([victim.exited, sleep(ending.afterMs)])
    const isGone = victim.isGone
    if (!isGone) await victim.kill()
    if (!victim.wasKilled) throw this.#violation(undefined, victim)
    return ending.at === 'any moment' || isGone
  }

  async #awaitStep(victim: Child, limit: number): Promise<void> {
    const end = performance.now() + PATIENCE_MS
    let isQuiet = false
    while (!victim.isGone && !isQuiet && performance.now() < end) {
      isQuiet = this.log.happened >= limit && this.deliveries.areTried
      await Promise.race([victim.exited, sleep(isQuiet ? QUIET_MS[this.plan.store] : 10)])
    }
  }

  async #fill(victim: number | undefined, death: Death | undefined): Promise<void> {
    await Promise.all(
      this.#cast.map(async (present, place) => {
        if (present !== undefined && !present.isGone) {
          present.tell({ kind: 'clock', offset: this.#clock.offset })
          return
        }
        if (present?.wasKilled === false) throw this.#violation(undefined, present)
        const child = this.#pool.take()
        this.#cast[place] = child
        await child.start(this.#ordersOf(place, place === victim ? death : undefined))
        if (child.isGone && !child.wasKilled) throw this.#violation(undefined, child)
      }),
    )
  }

  #ordersOf(place: number, death: Death | undefined): Orders {
    const { store, processing, sync, failures, roles, seed } = this.plan
    return {
      store,
      database: this.database.address,
      role: roles[place] ?? 'both',
      processing,
      sync,
      outsidePort: this.#outsidePort,
      clockOffset: this.#clock.offset,
      failures: this.#isCalm ? 0 : failures,
      seed: deriveSeed(seed, 'life', this.#lives, place),
      death,
      phase: this.#lives === 1 && place === 0 ? 'creating' : 'opening',
    }
  }

  #bury(place: number): void {
    this.#lastWords = this.#cast[place]?.log ?? ''
    this.#cast[place] = undefined
  }

  async #jumpMeanwhile(isOver: () => boolean): Promise<void> {
    if (this.#clock.isSteady) return
    while (!isOver()) {
      await sleep(5 + this.#chooser.below(20))
      const child = this.#cast[this.#chooser.below(this.#cast.length)]
      if (isOver() || child === undefined) continue
      this.#clock.move()
      child.tell({ kind: 'clock', offset: this.#clock.offset })
    }
  }

  async #found(finding: Finding): Promise<Violation> {
    const [eventId] = /\bevt_\w+/.exec(finding.what) ?? []
    const known = eventId && JSON.stringify(await this.database.describe(eventId))
    return this.#violation({ ...finding, what: `${finding.what}\n${known ?? ''}` })
  }

  #violation(finding: Finding | undefined, child?: Child): Violation {
    const { plan, log, deliveries } = this
    const words =
      child?.log ?? this.#cast.map((one) => one?.log ?? '').join('\n') + this.#lastWords
    return new Violation(
      finding?.harm ?? 'other',
      [
        finding?.what ?? 'a process has ended by itself',
        `in the world ${JSON.stringify(plan)}`,
        `after ${this.#lives} lives; ${log.happened} of ${log.events.length} events have happened, ${deliveries.acknowledged.size} are acknowledged`,
        `database: ${this.database.address}`,
        `what the processes have said last:\n${words}`,
      ].join('\n'),
    )
  }
}

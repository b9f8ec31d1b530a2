import {
  type Billing,
  type Clock,
  createBilling,
  type Inbound,
  type Reply,
} from '@countersign/core'
import type { Database, SimulatedTransaction } from './database.ts'
import type { ProcessPlan } from './plan.ts'
import type { Action, Life } from './scheduler.ts'
import { simulatedClient } from './simulated-client.ts'
import { simulatedHandlers } from './simulated-handlers.ts'
import { simulatedSenders } from './simulated-senders.ts'
import { simulatedStore } from './simulated-store.ts'
import type { SimulatedStripe } from './simulated-stripe.ts'
import { SECRET, type World } from './world.ts'

/** What core allows a call of the store, in milliseconds. */
const STORE_TIMEOUT_MS = 10_000
/** How far apart clocks are that are not set, in milliseconds. */
const LITTLE_MS = 2_000
const JUMPS = [-600_000, -60_000, -3_000, 3_000, 60_000, 600_000] as const

/** One process of the application: it crashes, is stopped, and comes again. */
export class SimulatedProcess {
  readonly plan: ProcessPlan
  isRunning = false
  /** The load balancer sends it nothing any more. */
  #isStopping = false
  /** It has a worker whatever the plan says. */
  #isNeeded = false
  /** Its clock is so many milliseconds ahead. */
  #aheadMs = 0
  #lives = 0
  #life: Life | undefined
  #billing: Billing<SimulatedTransaction> | undefined
  readonly #name: string
  readonly #world: World
  readonly #database: Database
  readonly #stripe: SimulatedStripe
  readonly #waiting: Set<(reply: Reply | undefined) => void> = new Set()

  constructor(
    name: string,
    plan: ProcessPlan,
    world: World,
    database: Database,
    stripe: SimulatedStripe,
  ) {
    this.#name = name
    this.plan = plan
    this.#world = world
    this.#database = database
    this.#stripe = stripe
    if (world.plan.clocks !== 'exact') this.#aheadMs = this.#little()
  }

  get isReachable(): boolean {
    return this.isRunning && !this.#isStopping
  }

  owns(life: Life): boolean {
    return this.#life === life
  }

  start(): void {
    if (this.isRunning) return
    const { plan, chooser } = this.#world
    this.#lives += 1
    const life = { name: `${this.#name}.${this.#lives}`, isOver: false }
    const changeOf = (eventId: string) =>
      this.#stripe.events.find(({ id }) => id === eventId)?.change ?? eventId
    this.#life = life
    this.#billing = createBilling<SimulatedTransaction>({
      mode: 'test',
      webhookSecrets: [SECRET],
      store: simulatedStore(this.#world, this.#database, life),
      stripe: simulatedClient(this.#world, this.#stripe, life),
      outbox: simulatedSenders(this.#world, this.#database, life),
      ...simulatedHandlers(this.#world, this.#database, life, changeOf),
      processing: this.plan.processing,
      sync: plan.sync,
      retries: plan.retries,
      worker: { concurrency: plan.concurrency, pollMs: plan.pollMs },
      handlerTimeoutMs: plan.handlerTimeoutMs,
      clock: this.#clockOf(life),
      random: () => chooser.below(2 ** 30) / 2 ** 30,
    })
    this.isRunning = true
    this.#isStopping = false
    if (this.plan.worker === 'started' || this.#isNeeded) this.#billing.worker.start()
    if (this.plan.worker === 'cron') this.#drainLater()
  }

  receive(
    inbound: Inbound,
    eventId: string,
    onEnd: (reply: Reply | undefined) => void,
  ): void {
    const { world, life, billing } = this.#now()
    const invariant = 'receive answers in time, and never rejects'
    const limitMs = world.plan.handlerTimeoutMs + 2 * STORE_TIMEOUT_MS
    const deadline = this.#deadline(
      limitMs,
      invariant,
      `${life.name} has not answered ${eventId}`,
    )
    const end = (reply: Reply | undefined) => {
      world.scheduler.cancel(deadline)
      if (this.#waiting.delete(end)) onEnd(reply)
    }
    this.#waiting.add(end)
    billing.webhooks.receive(inbound).then(
      (reply) => !life.isOver && end(reply),
      (error: unknown) => world.blame(invariant, `${eventId}: ${error}`),
    )
  }

  crash(): void {
    this.#world.scheduler.note(`${this.#life?.name}  CRASHES`)
    this.#end()
    this.#comeAgain()
  }

  /** Stops as an application does that is deployed anew. */
  async stop({ comesAgain }: { readonly comesAgain: boolean }): Promise<void> {
    if (!this.isReachable) return
    const { world, life, billing } = this.#now()
    const invariant = 'a worker that is stopped ends, and keeps nothing'
    const graceMs = world.chooser.of([0, 500, 10_000])
    world.scheduler.note(`${life.name}  is stopped with ${graceMs} ms of grace`)
    this.#isStopping = true
    const limitMs = Math.max(graceMs, STORE_TIMEOUT_MS) + STORE_TIMEOUT_MS
    const deadline = this.#deadline(limitMs, invariant, `${life.name} does not end`)
    const { storeFaults, outages, clocks } = world.plan
    await billing.worker.stop({ graceMs })
    if (life.isOver) return
    world.scheduler.cancel(deadline)
    const isJudged = storeFaults + outages === 0 && clocks !== 'jumping'
    const kept = isJudged
      ? this.#database.ledger.keptBy(life, world.scheduler.now + this.#aheadMs)
      : []
    if (kept.length > 0)
      world.blame(invariant, `${life.name} still holds ${kept.join(', ')}`)
    this.#end()
    if (comesAgain) this.#comeAgain()
  }

  jump(): void {
    const jump = this.#world.chooser.of(JUMPS)
    this.#aheadMs = Math.max(-600_000, Math.min(600_000, this.#aheadMs + jump))
    this.#world.scheduler.note(`${this.#name}  has its clock ${this.#aheadMs} ms ahead`)
  }

  /** @param needsWorker Whether nobody else may be there to come to what waits. */
  heal(needsWorker: boolean): void {
    if (this.#world.plan.clocks === 'jumping') this.#aheadMs = this.#little()
    this.#isNeeded = needsWorker
    if (needsWorker && this.isRunning) this.#billing?.worker.start()
    this.start()
  }

  #little(): number {
    return this.#world.chooser.below(LITTLE_MS) - LITTLE_MS / 2
  }

  #now(): {
    readonly world: World
    readonly life: Life
    readonly billing: Billing<SimulatedTransaction>
  } {
    if (this.#life === undefined || this.#billing === undefined)
      throw new Error(`${this.#name} was not started`)
    return { world: this.#world, life: this.#life, billing: this.#billing }
  }

  #end(): void {
    const { world, life } = this.#now()
    world.scheduler.end(life)
    for (const entry of this.#database.listeners)
      if (entry.life === life) this.#database.listeners.delete(entry)
    this.isRunning = false
    for (const end of [...this.#waiting]) end(undefined)
  }

  #comeAgain(): void {
    const { scheduler, chooser } = this.#world
    scheduler.after(chooser.below(10_000), `${this.#name} is started again`, () =>
      this.start(),
    )
  }

  #drainLater(): void {
    const { world, life, billing } = this.#now()
    const { scheduler, chooser } = world
    const budgetMs = chooser.of([20, 200, 2_000, 20_000])
    const drain = () => {
      const deadline = this.#deadline(
        budgetMs + 2 * STORE_TIMEOUT_MS,
        'nothing waits for ever',
        `${life.name} drains and does not end`,
      )
      void billing.worker.drain({ budgetMs }).then(() => {
        scheduler.cancel(deadline)
        if (!life.isOver) this.#drainLater()
      })
    }
    scheduler.after(chooser.below(10_000), `drains for ${budgetMs} ms`, drain, life)
  }

  #deadline(
    limitMs: number,
    invariant: Parameters<World['blame']>[0],
    what: string,
  ): Action {
    // The last millisecond is the timers' own.
    return this.#world.scheduler.after(
      limitMs + 10 * this.#world.plan.paceMs + 1,
      `has to have ended: ${what}`,
      () => this.#world.blame(invariant, `${what} after ${limitMs} ms`),
      this.#life,
    )
  }

  #clockOf(life: Life): Clock {
    const { scheduler } = this.#world
    return {
      now: () => scheduler.now + this.#aheadMs,
      setTimeout: (callback, delayMs) =>
        scheduler.after(delayMs, `timer of ${delayMs} ms`, callback, life),
      clearTimeout: (handle) => scheduler.cancel(handle as Action),
    }
  }
}

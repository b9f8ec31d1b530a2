import process from 'node:process'
import { Database } from './database.ts'
import { Deliveries } from './deliveries.ts'
import { endOf, judgeEffects, judgeMirror } from './judge.ts'
import { isHeard, isPrompt, type Plan } from './plan.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { type ModelEvent, SimulatedStripe } from './simulated-stripe.ts'
import { type Violation, World } from './world.ts'

export interface Simulation {
  readonly seed: number
  readonly steps: number
  readonly fingerprint: number
  readonly plan: Plan
  readonly violation: Violation | undefined
  /** Empty, unless it was asked for. */
  readonly trace: readonly string[]
}

/** All of these are virtual milliseconds. So soon is done what wakes a worker. */
const AT_ONCE_MS = 15_000
/** So soon is everything done where only handlers have failed: after the longest of them, and of retries. */
const PROMPT_MS = 200_000
/** So soon is everything done whatever has failed: after polls, and retries put off by clocks that were ahead. */
const EVENTUAL_MS = 4 * 3_600_000
/** Longer than a handler, by so much, may last what hangs since the storm: a call of the store, and the pause after it. */
const AFTERMATH_MS = 45_000
/** How often it is looked whether all is done. */
const LOOK_MS = 2_000

/** Runs one world from its beginning to its judgement. The same seed gives the same world, to the last step. */
export async function simulate(
  seed: number,
  { isTraced = false }: { readonly isTraced?: boolean } = {},
): Promise<Simulation> {
  const world = new World(seed, isTraced)
  const onUnhandled = (reason: unknown) =>
    world.blame('no rejection goes unhandled', `${reason}`)
  process.on('unhandledRejection', onUnhandled)
  try {
    await new Storm(world).run()
    // Rejections that nobody handles are told of when all ticks are done.
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('unhandledRejection', onUnhandled)
  }
  const { scheduler, plan, violation } = world
  const { steps, fingerprint, trace = [] } = scheduler
  return { seed, steps, fingerprint, plan, violation, trace }
}

/** A time in which everything may fail, a time in which nothing does, and the judgement. */
class Storm {
  readonly #world: World
  readonly #database: Database
  readonly #stripe: SimulatedStripe
  readonly #processes: readonly SimulatedProcess[]
  readonly #deliveries: Deliveries

  constructor(world: World) {
    this.#world = world
    this.#database = new Database(world)
    this.#stripe = new SimulatedStripe(world, (event) => this.#deliveries.begin(event))
    this.#processes = world.plan.processes.map(
      (plan, index) =>
        new SimulatedProcess(`p${index + 1}`, plan, world, this.#database, this.#stripe),
    )
    this.#deliveries = new Deliveries(world, this.#processes, (event, receiver) => {
      void this.#judgeAnswer(event, receiver)
    })
  }

  async run(): Promise<void> {
    await this.#rage()
    await this.#heal()
    await this.#wake()
    await this.#stop()
    if (this.#world.violation !== undefined) return
    judgeEffects(this.#world, this.#database, this.#stripe)
    await judgeMirror(this.#world, this.#database, this.#stripe)
  }

  async #rage(): Promise<void> {
    const { scheduler, chooser, plan } = this.#world
    for (const one of this.#processes) one.start()
    for (let left = plan.changes; left > 0; left -= 1) {
      scheduler.after(chooser.below(plan.stormMs), 'something happens', () =>
        this.#stripe.change(),
      )
    }
    if (this.#world.happens(plan.outages)) {
      scheduler.after(chooser.below(plan.stormMs), 'the store goes down', () => {
        this.#database.isDown = true
        scheduler.after(chooser.below(60_000), 'the store comes up', () => {
          this.#database.isDown = false
        })
      })
    }
    scheduler.onStep = (life) => {
      const owner = this.#processes.find((one) => one.owns(life))
      if (owner === undefined) return
      if (this.#world.happens(plan.ends)) {
        if (chooser.oneIn(3)) void owner.stop({ comesAgain: true })
        else owner.crash()
      } else if (plan.clocks === 'jumping' && this.#world.happens(12)) owner.jump()
    }
    const end = scheduler.now + plan.stormMs + chooser.below(30_000)
    await this.#until(() => scheduler.now >= end, end)
  }

  /** From now on nothing fails, so that everything has to come to its end. */
  async #heal(): Promise<void> {
    const { scheduler, plan } = this.#world
    scheduler.note('HEALED')
    this.#world.isHealed = true
    this.#database.isDown = false
    for (const [index, one] of this.#processes.entries()) one.heal(index === 0)
    const limitMs = isPrompt(plan) ? PROMPT_MS : EVENTUAL_MS
    await this.#settle(limitMs, 'nothing waits for ever')
  }

  /** Whoever stores something in a process with a worker need not wait until that looks by itself. */
  async #wake(): Promise<void> {
    // What a drain now and then takes away has to wait for the next.
    if (this.#processes.some(({ plan }) => plan.worker === 'cron')) return
    const { plan, scheduler } = this.#world
    if (!isHeard(plan)) return
    // What hangs since the storm is given up by then.
    const end = scheduler.now + plan.handlerTimeoutMs + AFTERMATH_MS
    await this.#until(() => scheduler.now >= end, end)
    for (const one of this.#processes) {
      this.#deliveries.deliver(this.#stripe.payOut(), one)
      await this.#settle(AT_ONCE_MS, 'what is stored wakes a worker')
    }
  }

  async #stop(): Promise<void> {
    let running = this.#processes.length
    for (const one of this.#processes) {
      void one.stop({ comesAgain: false }).then(() => {
        running -= 1
      })
    }
    await this.#until(() => running === 0, this.#world.scheduler.now + 60_000)
  }

  async #settle(
    limitMs: number,
    invariant: 'nothing waits for ever' | 'what is stored wakes a worker',
  ): Promise<void> {
    const { scheduler } = this.#world
    const end = scheduler.now + limitMs
    let unsettled: string | undefined = 'nobody has looked'
    const look = async () => {
      unsettled = await this.#findUnsettled()
      if (unsettled !== undefined)
        scheduler.after(LOOK_MS, 'somebody looks', () => void look())
    }
    void look()
    await this.#until(() => unsettled === undefined || scheduler.now > end, end)
    if (unsettled !== undefined)
      this.#world.blame(invariant, `after ${limitMs} ms, ${unsettled}`)
  }

  async #findUnsettled(): Promise<string | undefined> {
    const { store } = this.#database
    const { events } = this.#stripe
    const unanswered = events.find(({ isAnswered }) => !isAnswered)
    if (unanswered !== undefined) return `${unanswered.id} was not answered`
    if (this.#processes.some(({ isReachable }) => !isReachable))
      return 'a process is down'
    if (this.#deliveries.open > 0) return 'a delivery is under way'
    const records = await this.#records()
    for (const event of events) {
      const state = records.get(event.id)
      if (state === 'dead') {
        const key = { livemode: event.livemode, account: '', eventId: event.id }
        await this.#database.requeue(key, this.#world.scheduler.now)
      }
      const end = endOf(event, this.#world.plan)
      if (state !== end) return `${event.id} is ${state} and should be ${end}`
    }
    const options = {
      now: this.#world.scheduler.now,
      leaseMs: 0,
      livemode: false,
      limit: 0,
    }
    const { nextDueAt } = await store.outbox.claimNext(options)
    return nextDueAt === undefined ? undefined : 'a message waits'
  }

  async #judgeAnswer(
    { id, livemode }: ModelEvent,
    { plan }: SimulatedProcess,
  ): Promise<void> {
    const { events } = await this.#database.store.recovery.list(
      { livemode, ids: [id] },
      { limit: 1 },
    )
    const state = events[0]?.state
    const isStored = plan.processing === 'durable' && state !== undefined
    // An unmatched one may have been claimed again since.
    const isDone = this.#database.ledger.hasEnded(id) || state === 'ignored'
    if (isStored || isDone) return
    this.#world.blame(
      'a 2xx means committed or stored',
      `${id} was answered 2xx and is ${state}`,
    )
  }

  async #records(): Promise<ReadonlyMap<string, string>> {
    const { list } = this.#database.store.recovery
    const pages = [true, false].map((livemode) => list({ livemode }, { limit: 1_000 }))
    const records = (await Promise.all(pages)).flatMap(({ events }) => events)
    return new Map(records.map(({ key, state }) => [key.eventId, state]))
  }

  async #until(isDone: () => boolean, end: number): Promise<void> {
    const { scheduler } = this.#world
    const isOver = () => this.#world.violation !== undefined || isDone()
    scheduler.after(end - scheduler.now + 1, 'time is over', () => {})
    await scheduler.run(isOver)
  }
}

import type { Inbound } from '@countersign/core'
import { signatureHeader } from '../src/signer/sign.ts'
import type { SimulatedProcess } from './simulated-process.ts'
import type { ModelEvent } from './simulated-stripe.ts'
import { SECRET, type World } from './world.ts'

/** How long Stripe waits for an answer, in virtual milliseconds. */
const PATIENCE_MS = 30_000

/** Delivers events to whichever process the load balancer picks, until one answers 2xx. */
export class Deliveries {
  /** Attempts that are under way. */
  open = 0
  readonly #world: World
  readonly #processes: readonly SimulatedProcess[]
  readonly #onAccepted: (event: ModelEvent, process: SimulatedProcess) => void

  constructor(
    world: World,
    processes: readonly SimulatedProcess[],
    onAccepted: (event: ModelEvent, process: SimulatedProcess) => void,
  ) {
    this.#world = world
    this.#processes = processes
    this.#onAccepted = onAccepted
  }

  /** Delivers an event, and perhaps more than once. */
  begin(event: ModelEvent): void {
    const { plan, chooser } = this.#world
    do this.#send(event, this.#world.pace() * (chooser.oneIn(3) ? 20 : 1))
    while (this.#world.happens(plan.duplicates))
  }

  /** Delivers an event to this process. */
  deliver(event: ModelEvent, process: SimulatedProcess): void {
    this.open += 1
    this.#arrive(event, process)
  }

  #send(event: ModelEvent, delayMs: number): void {
    const { scheduler, chooser } = this.#world
    this.open += 1
    scheduler.after(delayMs, `Stripe delivers ${event.id}`, () => {
      const running = this.#processes.filter(({ isReachable }) => isReachable)
      const [first, ...others] = running
      if (first === undefined) return this.#end(event, false)
      this.#arrive(event, chooser.of([first, ...others]))
    })
  }

  #arrive(event: ModelEvent, process: SimulatedProcess): void {
    const { scheduler } = this.#world
    let isOver = false
    const end = (isAccepted: boolean) => {
      if (isOver) return
      isOver = true
      scheduler.cancel(patience)
      this.#end(event, isAccepted)
    }
    const patience = scheduler.after(
      PATIENCE_MS,
      `Stripe waits no longer for ${event.id}`,
      () => end(false),
    )
    process.receive(this.#toInbound(event), event.id, (reply) => {
      const isAccepted = reply !== undefined && reply.status >= 200 && reply.status < 300
      if (isAccepted) this.#onAccepted(event, process)
      const isLost = this.#world.happens(this.#world.plan.storeFaults)
      scheduler.after(
        this.#world.pace(),
        `Stripe hears of ${event.id}: ${isLost ? 'nothing' : reply ? `${reply.status} ${reply.body}` : 'a reset'}`,
        () => end(isAccepted && !isLost),
      )
    })
  }

  #end(event: ModelEvent, isAccepted: boolean): void {
    const { chooser, isHealed } = this.#world
    this.open -= 1
    event.isAnswered ||= isAccepted
    if (!event.isAnswered) this.#send(event, chooser.below(isHealed ? 3_000 : 15_000))
  }

  #toInbound({ body }: ModelEvent): Inbound {
    const timestamp = Math.floor(this.#world.scheduler.now / 1_000)
    const header = signatureHeader(body, { secret: SECRET, timestamp })
    return {
      method: 'POST',
      header: (name) => (name === 'stripe-signature' ? header : undefined),
      readBody: async () => body,
    }
  }
}

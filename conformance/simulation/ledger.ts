import type {
  ClaimOptions,
  CommitMark,
  Delivery,
  Lease,
  Release,
} from '@countersign/core'
import type { Life } from './scheduler.ts'
import type { World } from './world.ts'

/** What core allows for clocks that differ, in milliseconds. */
const MARGIN_MS = 5_000

/** What a handler wrote in a transaction that has committed. */
export interface Row {
  readonly effect: string
  readonly eventId: string
}

/** A lease that the store gave away. */
interface Holding {
  readonly eventId: string
  readonly objectId: string
  readonly token: number
  readonly life: Life
  readonly isWorkers: boolean
  readonly claimedAt: number
  readonly until: number
  /** How it ended, other than by time. */
  end: 'committed' | 'released' | 'given back' | 'taken over' | undefined
  /** A call came so late that its time was long over: of that, nothing is promised. */
  isExcused: boolean
}

/** One run of one handler. */
export interface Run {
  readonly holding: Holding
  readonly signal: AbortSignal
}

/**
 * What really happened, written down where it takes effect, and judged there. It believes
 * neither the store nor core.
 */
export class Ledger {
  readonly rows: Row[] = []
  /** By event, the newest last. */
  readonly #holdings: Map<string, Holding[]> = new Map()
  readonly #runs: Set<Run> = new Set()
  readonly #signals: Map<AbortSignal, Holding> = new Map()
  readonly #attempts: Map<string, number> = new Map()
  readonly #retryAt: Map<string, number> = new Map()
  /** By object, what was stored and never claimed, in the order in which it came. */
  readonly #fresh: Map<string, string[]> = new Map()
  readonly #seen: Set<string> = new Set()
  readonly #done: Set<string> = new Set()
  readonly #commits: Set<string> = new Set()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  stored(delivery: Delivery): void {
    const { key, objectId } = delivery
    if (objectId === '' || this.#seen.has(key.eventId)) return
    this.#seen.add(key.eventId)
    const fresh = this.#fresh.get(objectId) ?? []
    this.#fresh.set(objectId, [...fresh, key.eventId])
  }

  claimed(
    { key: { eventId }, objectId }: Delivery,
    { token }: Lease,
    life: Life,
    { now, leaseMs }: ClaimOptions,
    isWorkers: boolean,
  ): void {
    const holding = {
      eventId,
      objectId,
      token,
      life,
      isWorkers,
      claimedAt: now,
      until: now + leaseMs,
      end: undefined,
      isExcused: false,
    }
    this.#judgeClaim(holding)
    const before = this.#holdings.get(eventId) ?? []
    const last = before.at(-1)
    if (last !== undefined) last.end ??= 'taken over'
    this.#holdings.set(eventId, [...before, holding])
    this.#attempts.set(eventId, (this.#attempts.get(eventId) ?? 0) + 1)
    this.#retryAt.delete(eventId)
    this.#seen.add(eventId)
    const fresh = this.#fresh.get(objectId)
    if (fresh === undefined) return
    this.#fresh.set(
      objectId,
      fresh.filter((one) => one !== eventId),
    )
  }

  #judgeClaim(holding: Holding): void {
    const { eventId, objectId, token, life, isWorkers, claimedAt } = holding
    const world = this.#world
    const who = `${life.name} claimed ${eventId}`
    const last = this.#holdings.get(eventId)?.at(-1)
    if (last !== undefined && last.token >= token) {
      world.blame(
        'only the newest lease commits',
        `${who} with the token ${token} after ${last.token}`,
      )
    }
    const rivals = [...this.#holdings.values()].flatMap((holdings) =>
      holdings
        .slice(-1)
        .filter(
          (one) =>
            one.end === undefined &&
            one.until > claimedAt &&
            (one.eventId === eventId || (isWorkers && isSameObject(one, objectId))),
        ),
    )
    const isLate = Math.abs(world.scheduler.now - claimedAt) > MARGIN_MS
    for (const rival of world.plan.clocks === 'jumping' ? [] : rivals) {
      rival.isExcused ||= isLate
      if (rival.isExcused) continue
      world.blame(
        rival.eventId === eventId
          ? 'one at a time holds an event'
          : 'a worker runs one event of an object at a time',
        `${who} of ${objectId} while ${rival.life.name} held ${rival.eventId} for another ${rival.until - claimedAt} ms`,
      )
    }
    holding.isExcused = isLate
    if (!isWorkers) return
    const retryAt = this.#retryAt.get(eventId) ?? 0
    if (claimedAt < retryAt) {
      world.blame(
        'a retry waits until it is due',
        `${who} ${retryAt - claimedAt} ms too early`,
      )
    }
    const fresh = this.#fresh.get(objectId) ?? []
    if (fresh.indexOf(eventId) > 0) {
      world.blame(
        'events of an object run in the order in which they came',
        `${who} before ${fresh[0]}`,
      )
    }
  }

  committed(
    { key: { eventId }, token }: Lease,
    mark: CommitMark,
    rows: readonly Row[],
  ): void {
    const holding = this.#holdings.get(eventId)?.at(-1)
    if (holding?.token !== token || holding.end !== undefined) {
      this.#world.blame(
        'only the newest lease commits',
        `${eventId} was committed under the token ${token}, and the newest is ${holding?.token}, ${holding?.end ?? 'which still holds it'}`,
      )
    }
    const once = `${eventId} by ${mark.handler}`
    if (mark.handler !== undefined && this.#commits.has(once)) {
      this.#world.blame('a handler commits an event once', `${once} was committed twice`)
    }
    if (mark.handler !== undefined) this.#commits.add(once)
    this.rows.push(...rows)
    if (holding !== undefined && mark.state !== undefined) {
      holding.end = 'committed'
      this.#done.add(eventId)
    }
  }

  /** It was new, and was done at once. */
  committedAtOnce({ key: { eventId } }: Delivery): void {
    if (this.#seen.has(eventId))
      this.#world.blame('a handler commits an event once', `${eventId} was no news`)
    this.#seen.add(eventId)
    this.#done.add(eventId)
  }

  /** Whether its last handler has committed, once at least. */
  hasEnded(eventId: string): boolean {
    return this.#done.has(eventId)
  }

  released({ key: { eventId }, token }: Lease, end: Release, now: number): void {
    const holding = this.#holdings.get(eventId)?.at(-1)
    if (holding?.token !== token || holding.end !== undefined) return
    holding.end = end.state === 'received' ? 'given back' : 'released'
    const { limit, firstMs, maxMs } = this.#world.plan.retries
    const attempts = this.#attempts.get(eventId) ?? 0
    if (end.state === 'received') this.#attempts.set(eventId, attempts - 1)
    if (end.state === 'dead' && attempts < limit) {
      this.#world.blame(
        'an event is dead only after all its attempts',
        `${eventId} was given up after ${attempts} of ${limit}`,
      )
    }
    if (end.state !== 'failed') return
    this.#retryAt.set(eventId, end.retryAt)
    const waitMs = end.retryAt - now
    if (waitMs < firstMs / 2 || waitMs > maxMs) {
      this.#world.blame(
        'a retry waits until it is due',
        `${eventId} was released to be retried after ${waitMs} ms`,
      )
    }
  }

  /** The attempts of these events are counted anew. */
  requeued(eventId: string): void {
    this.#attempts.delete(eventId)
  }

  /** A handler has begun to run for this process. */
  began(life: Life, eventId: string, signal: AbortSignal): Run | undefined {
    // All handlers of one attempt have one signal.
    const holding =
      this.#signals.get(signal) ??
      this.#holdings.get(eventId)?.findLast((one) => one.life === life)
    if (holding === undefined) {
      this.#world.blame(
        'one at a time holds an event',
        `${life.name} runs ${eventId} without having claimed it`,
      )
      return undefined
    }
    for (const other of this.#runs) {
      const { eventId: otherId } = other.holding
      const isRival =
        otherId === eventId ||
        (holding.isWorkers &&
          other.holding.isWorkers &&
          isSameObject(other.holding, holding.objectId))
      const isJudged = this.#world.plan.clocks !== 'jumping' && !holding.isExcused
      if (!isRival || !isJudged || mayBePassed(other, holding)) continue
      this.#world.blame(
        'a worker runs one event of an object at a time',
        `${life.name} runs ${eventId} while ${other.holding.life.name} runs ${otherId} and is not over`,
      )
    }
    this.#signals.set(signal, holding)
    const run = { holding, signal }
    this.#runs.add(run)
    return run
  }

  ended(run: Run): void {
    this.#runs.delete(run)
  }

  /** What a worker that was stopped at this time of its clock should have given back. */
  keptBy(life: Life, now: number): readonly string[] {
    const { handlerTimeoutMs } = this.#world.plan
    return [...this.#holdings.values()].flatMap((holdings) =>
      holdings
        .filter((one) => one.life === life && one.isWorkers && one.end === undefined)
        // Handlers that have run too long keep their event until they end.
        .filter(({ claimedAt }) => now < claimedAt + handlerTimeoutMs)
        .map(({ eventId }) => eventId),
    )
  }
}

/** Whether another may run although this one still does: its time was over and it knew, or it had to stop. */
function mayBePassed({ holding, signal }: Run, by: Holding): boolean {
  const { life, end, isExcused, until } = holding
  const isOutOfTime = signal.aborted && (until <= by.claimedAt || end === 'taken over')
  return (
    life.isOver || isExcused || isOutOfTime || end === 'committed' || end === 'given back'
  )
}

function isSameObject(holding: Holding, objectId: string): boolean {
  return objectId !== '' && holding.objectId === objectId
}

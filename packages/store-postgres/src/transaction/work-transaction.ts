import { BillingError } from '@countersign/core'
import type { Session } from '../connection/session.ts'
import { within } from '../connection/within.ts'
import { hasAdditions, retryMirrorConflicts } from '../inbox/additions.ts'
import type { Marks } from '../inbox/marks.ts'
import { type Ask, Participant, type RecordingAsk } from './participant.ts'
import { nextIds, type Recorded, type Recorder } from './recorder.ts'
import { Savepoint } from './savepoint.ts'
import type { Outcome, Work } from './works.ts'

export interface WorkTools {
  readonly marks: Marks
  readonly recorder: Recorder
  readonly timeoutMs: number
}

/** Longer keys may not fit into an index, and what PostgreSQL refuses outside a savepoint fails the whole transaction. */
const SAFE_KEY_LENGTH = 500

/**
 * One transaction for the callbacks of one event or of several. Each event is marked before its callback
 * runs: should a callback manage to commit the transaction, the mark is committed with it.
 *
 * What callbacks record is written for all of them together. The first query of one gives it a
 * turn, which lasts until it ends: it has a savepoint, and nothing of another runs meanwhile.
 */
export class WorkTransaction {
  /** From then on it cannot be run again. */
  hasRunWork = false
  hasMessages = false
  /** Those that may have cost the others what they have done. */
  suspects: readonly Work[]
  readonly #session: Session
  readonly #savepoint: Savepoint
  readonly #tools: WorkTools
  readonly #participants: readonly Participant[]
  readonly #isShared: boolean
  /** Who has recorded what: until it is certain that it is committed, nobody else can be told that it is not new. */
  readonly #owners = new Map<string, Participant>()
  #holder: Participant | undefined
  #turnEndsAt = 0
  /** Whose writes were taken back during the turn, and would come back if that were rolled back. */
  #takenBackInTurn: Participant[] = []
  #hasSucceeded = false
  /** Somebody has asked for something, or has ended, since it was last looked at who has. */
  #hasNews = false
  #onNews = () => {}

  constructor(session: Session, tools: WorkTools, works: readonly Work[]) {
    this.#session = session
    this.#savepoint = new Savepoint(session)
    this.#tools = tools
    this.suspects = works
    this.#isShared = works.length > 1
    this.#participants = works.map((work) => new Participant(work, () => this.#tell()))
  }

  /** Rejects when all of it is lost. */
  async run(): Promise<readonly Outcome[]> {
    try {
      await this.#begin()
      while (this.#participants.some(({ isOpen }) => isOpen)) {
        this.#hasNews = false
        const hasDone = await (this.#holder === undefined
          ? this.#serveAll()
          : this.#serve(this.#holder))
        if (!hasDone) await this.#wait()
      }
      if (this.#hasSucceeded) await this.#savepoint.commit()
      else await this.#session.rollBack()
    } catch (error) {
      for (const participant of this.#participants) participant.abandon(error)
      await this.#session.rollBack()
      throw error
    }
    return this.#participants.map(({ outcome }) => outcome)
  }

  /** Marks what can be marked in one statement, and starts those callbacks. */
  async #begin(): Promise<void> {
    await this.#savepoint.begin(!this.#isShared)
    if (!this.#isShared) return
    const plain = this.#participants.filter(({ work }) => !hasAdditions(work.mark))
    const works = plain.map(({ work }) => work)
    const rows = await this.#tools.marks.run(this.#session, works)
    this.hasRunWork = rows.size > 0
    for (const [index, participant] of plain.entries()) {
      const before = rows.get(index)
      if (before === undefined) participant.lose()
      else participant.start({ before })
    }
  }

  /** Tells whether there was anything to do. */
  async #serveAll(): Promise<boolean> {
    const open = this.#participants.filter(({ isOpen }) => isOpen)
    // Callbacks that have just had an answer go on before anything else is done for the others.
    if (open.some(({ isBusy }) => isBusy))
      await new Promise((resolve) => setImmediate(resolve))
    const ended = open.filter(({ hasEnded }) => hasEnded)
    for (const participant of ended) await this.#conclude(participant)
    if (ended.length > 0) return true
    return (
      (await this.#recordTogether(open)) ||
      (await this.#giveTurn(open)) ||
      this.#breakCircle(open)
    )
  }

  /** Gives one up when each waits for a key of another, as PostgreSQL does with transactions. */
  #breakCircle(open: readonly Participant[]): boolean {
    if (open.some(({ isBusy, hasEnded }) => isBusy || hasEnded)) return false
    return this.#doom(open.findLast(({ ask }) => ask !== undefined))
  }

  #doom(participant: Participant | undefined): boolean {
    participant?.doom(
      new Error(
        'Events that are processed at the same time record the same keys in different orders, so this one has to be tried again. Record keys before the first query, and in the same order everywhere.',
      ),
    )
    return participant !== undefined
  }

  async #recordTogether(open: readonly Participant[]): Promise<boolean> {
    const chosen: Recorded[] = []
    for (const participant of open) {
      const { ask } = participant
      if (!isRecording(ask) || ask.key.length > SAFE_KEY_LENGTH) continue
      if (!this.#isFree(participant)) continue
      for (const id of nextIds(participant)) this.#owners.set(id, participant)
      chosen.push({ participant, ask })
    }
    if (chosen.length === 0) return false
    const added = await this.#tools.recorder.add(this.#session, chosen)
    for (const [index, { participant, ask }] of chosen.entries()) {
      const isNew = added[index] === true
      if (isNew) participant.unprotected.push(ask)
      this.hasMessages ||= isNew && ask.kind === 'message'
      participant.answer(isNew)
    }
    return true
  }

  /** Whether what comes next for it waits for nobody who has recorded the same. */
  #isFree(participant: Participant): boolean {
    return nextIds(participant).every((id) => {
      const owner = this.#owners.get(id)
      return owner === undefined || owner === participant || !owner.isOpen
    })
  }

  async #giveTurn(open: readonly Participant[]): Promise<boolean> {
    const next = open.find(
      (participant) =>
        (participant.ask !== undefined || participant.marked === 'later') &&
        this.#isFree(participant),
    )
    if (next === undefined) return false
    this.#holder = next
    this.#takenBackInTurn = []
    this.#turnEndsAt = performance.now() + this.#tools.timeoutMs
    await this.#savepoint.protect()
    if (next.marked === 'later') await this.#markInTurn(next)
    return true
  }

  async #markInTurn(participant: Participant): Promise<void> {
    const rows = await retryMirrorConflicts(
      () => this.#tools.marks.run(this.#session, [participant.work]),
      () => this.#savepoint.undo(),
    )
    if (rows.size > 0) {
      this.hasRunWork = true
      participant.start('protected')
    } else {
      participant.lose()
      this.#holder = undefined
    }
  }

  /** Tells whether there was anything to do. */
  async #serve(holder: Participant): Promise<boolean> {
    if (holder.ask !== undefined) {
      if (!this.#isFree(holder)) return this.#awaitOwner(holder)
      await this.#answer(holder, holder.ask)
      return true
    }
    if (!holder.hasEnded) return false
    await this.#conclude(holder)
    this.#holder = undefined
    return true
  }

  /** Somebody who is not done yet has recorded the same, and can end now, but cannot ask for more. */
  async #awaitOwner(holder: Participant): Promise<boolean> {
    const others = this.#participants.filter((one) => one !== holder && one.isOpen)
    const ended = others.filter(({ hasEnded }) => hasEnded)
    for (const participant of ended) await this.#conclude(participant)
    if (ended.length > 0) return true
    return others.some(({ isBusy }) => isBusy) ? false : this.#doom(holder)
  }

  async #answer(participant: Participant, ask: Ask): Promise<void> {
    try {
      const answer = isRecording(ask)
        ? this.#record({ participant, ask })
        : this.#session.connection.query(ask.query)
      participant.answer(await this.#inTime<unknown>(answer, this.#turnMs()))
    } catch (error) {
      if (this.#session.isBroken) throw error
      participant.refuse(error)
    }
  }

  async #record(recorded: Recorded): Promise<boolean> {
    const [isNew = false] = await this.#tools.recorder.add(this.#session, [recorded])
    this.hasMessages ||= isNew && recorded.ask.kind === 'message'
    return isNew
  }

  /** Ends a callback's part: what it has written is kept, or taken back. */
  async #conclude(participant: Participant): Promise<void> {
    if (participant.conclude()) {
      this.#hasSucceeded = true
      return
    }
    if (!this.#isShared) return
    const undone = [participant]
    if (this.#holder === participant) {
      await this.#savepoint.undo()
      undone.push(...this.#takenBackInTurn)
    } else {
      this.#takenBackInTurn.push(participant)
    }
    for (const one of undone) {
      if (typeof one.marked !== 'object') continue
      await this.#tools.recorder.takeBack(this.#session, one, one.marked.before)
    }
  }

  /** Until a callback asks for something, or ends. */
  async #wait(): Promise<void> {
    if (this.#hasNews) return
    const news = new Promise<void>((resolve) => {
      this.#onNews = resolve
    })
    await this.#inTime(news, this.#holder ? this.#turnMs() : this.#tools.timeoutMs)
  }

  #tell(): void {
    this.#hasNews = true
    this.#onNews()
  }

  #turnMs(): number {
    return this.#turnEndsAt - performance.now()
  }

  /** Gives the transaction up when callbacks ask for nothing, or what one has asked for takes too long. */
  #inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
    return within(ms, promise, () => {
      this.#session.isBroken = true
      const late = this.#holder ? [this.#holder] : this.#participants
      const suspects = late.filter((one) => one === this.#holder || one.isBusy)
      if (suspects.length > 0) this.suspects = suspects.map(({ work }) => work)
      return lateTransaction(this.#tools.timeoutMs)
    })
  }
}

function isRecording(ask: Ask | undefined): ask is RecordingAsk {
  return ask !== undefined && ask.kind !== 'query'
}

function lateTransaction(timeoutMs: number): BillingError {
  return new BillingError(
    'transaction_closed',
    `A callback of context.transaction took longer than ${timeoutMs} ms, so its transaction was given up: nothing of it is committed, nor of what shared it. Do what takes long before context.transaction, and only write in its callback.`,
  )
}

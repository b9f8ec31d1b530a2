import type {
  OutboxMessage,
  Recording,
  StoreWork,
  TransactionKind,
} from '@countersign/core'
import type { HandleOf, StoreSubject } from './subject.ts'

/** What a transaction's callback is to do, for stores of both kinds, in this order. */
export interface Plan {
  readonly effects?: readonly string[]
  readonly messages?: readonly OutboxMessage[]
  /** Values for the application's own table. Stores without one leave them out. */
  readonly rows?: readonly string[]
  /** Runs last, and inside. What it throws, the callback throws. An asynchronous store waits for it. */
  readonly last?: (inside: Inside) => unknown
}

/** What a callback has at hand. It may be kept beyond the end of the transaction, to see what becomes of it then. */
export interface Inside {
  readonly effect: (key: string) => Promise<boolean>
  readonly insertRow: (value: string) => Promise<unknown>
}

export interface PlanResult {
  /** Which effects were new. */
  readonly effects: readonly boolean[]
  /** Which messages were new. */
  readonly messages: readonly boolean[]
}

/** The callback that does what a plan says. */
export function toWork<Tx extends TransactionKind>(
  plan: Plan,
  subject: StoreSubject<Tx>,
): StoreWork<Tx, PlanResult> {
  const rows = subject.without?.includes('reader') ? [] : (plan.rows ?? [])
  const { effects = [], messages = [], last } = plan

  function runSync(tx: HandleOf<Tx>, recording: Recording<Tx>): PlanResult {
    const result = {
      effects: effects.map((key) => recording.effect(key) as boolean),
      messages: messages.map((message) => recording.outbox(message) as boolean),
    }
    for (const row of rows) subject.insertRow(tx, row)
    last?.(toInside(tx, recording))
    return result
  }

  async function runAsync(tx: HandleOf<Tx>, recording: Recording<Tx>) {
    const result: { effects: boolean[]; messages: boolean[] } = {
      effects: [],
      messages: [],
    }
    for (const key of effects) result.effects.push(await recording.effect(key))
    for (const message of messages) result.messages.push(await recording.outbox(message))
    for (const row of rows) await subject.insertRow(tx, row)
    await last?.(toInside(tx, recording))
    return result
  }

  const toInside = (tx: HandleOf<Tx>, recording: Recording<Tx>): Inside => ({
    effect: async (key) => recording.effect(key) as boolean | Promise<boolean>,
    insertRow: async (value) => subject.insertRow(tx, value),
  })

  // The kind is known when it runs: TypeScript cannot tell which of the two `Tx` stands for.
  return (subject.transactions === 'sync' ? runSync : runAsync) as StoreWork<
    Tx,
    PlanResult
  >
}

import {
  type DueKind,
  type EventKey,
  type MemoryTransaction,
  memoryStore,
  type Store,
  type SyncTransaction,
} from '@countersign/core'
import { Ledger, type Row } from './ledger.ts'
import { MessageLedger } from './message-ledger.ts'
import type { Life } from './scheduler.ts'
import type { World } from './world.ts'

/** Transactions of the simulated store: a row counts when its transaction commits. */
export type SimulatedTransaction = SyncTransaction<{
  readonly insert: (row: Row) => void
}>

/** What all processes share, as it is without any fault. */
export class Database {
  readonly store: Store<MemoryTransaction> = memoryStore()
  readonly ledger: Ledger
  readonly messages: MessageLedger
  readonly listeners: Set<{
    readonly life: Life
    readonly listener: (due: DueKind) => void
  }> = new Set()
  isDown = false
  readonly #woken: Set<DueKind> = new Set()

  constructor(world: World) {
    this.ledger = new Ledger(world)
    this.messages = new MessageLedger(world)
    this.store.watch((due) => this.#woken.add(due))
  }

  /** Lets dead events be run again, as somebody does who has seen to their cause. */
  async requeue(key: EventKey, now: number): Promise<void> {
    await this.store.recovery.requeue([key], { now, again: false })
    this.ledger.requeued(key.eventId)
    for (const due of this.takeWoken())
      for (const { listener } of this.listeners) listener(due)
  }

  /** What has become due since it was asked last. */
  takeWoken(): readonly DueKind[] {
    const woken = [...this.#woken]
    this.#woken.clear()
    return woken
  }
}

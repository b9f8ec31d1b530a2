import type { Settings } from '../billing/settings.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { pause } from './pause.ts'
import { recoveryRefused } from './recovery-refused.ts'

/** What `prune` deletes; at least one of the two ages is needed. Ages are milliseconds, and count from an event's last change. */
export interface PruneOptions {
  /** Deletes the bodies of events that are processed, ignored or skipped. They cannot be replayed then. */
  readonly bodiesOlderThanMs?: number
  /**
   * Deletes whole events of these states; at least 31 days. Stripe may bring an event back for
   * 30 days, and one that is unknown acts.
   */
  readonly eventsOlderThanMs?: number
  /** Is told what was deleted so far, after each batch. */
  readonly onProgress?: (progress: Pruned) => void
  /** When it aborts, no further batch begins. */
  readonly signal?: AbortSignal
}

export interface Pruned {
  readonly bodies: number
  readonly events: number
}

export interface PruneResult extends Pruned {
  /** `false` when it was aborted before all was deleted. */
  readonly isComplete: boolean
}

const BATCH = 500
/** Between two batches others get at the database. In milliseconds. */
const PAUSE_MS = 20

/** `stripe events resend`, and `GET /v1/events`, go back 30 days: https://docs.stripe.com/webhooks#manually-resend-events */
const LEAST_EVENT_AGE_DAYS = 31
const DAY_MS = 86_400_000

export async function prune<Tx extends TransactionKind>(
  { clock, store }: Settings<Tx>,
  { bodiesOlderThanMs, eventsOlderThanMs, onProgress, signal }: PruneOptions,
): Promise<PruneResult> {
  checkAges(bodiesOlderThanMs, eventsOlderThanMs)
  const now = clock.now()
  const batch = {
    ...(bodiesOlderThanMs !== undefined && { bodiesBefore: now - bodiesOlderThanMs }),
    ...(eventsOlderThanMs !== undefined && { eventsBefore: now - eventsOlderThanMs }),
    limit: BATCH,
  }
  let total: Pruned = { bodies: 0, events: 0 }
  while (!signal?.aborted) {
    const { bodies, events } = await store.recovery.prune(batch)
    total = { bodies: total.bodies + bodies, events: total.events + events }
    onProgress?.(total)
    if (bodies < BATCH && events < BATCH) return { ...total, isComplete: true }
    await pause(clock, PAUSE_MS)
  }
  return { ...total, isComplete: false }
}

function checkAges(bodies: number | undefined, events: number | undefined): void {
  if (bodies === undefined && events === undefined) {
    throw recoveryRefused(
      'prune: no age was given. Write { bodiesOlderThanMs: 30 * 86_400_000 }, for one.',
    )
  }
  if (bodies !== undefined && !(bodies >= 0)) {
    throw recoveryRefused(
      `prune: bodiesOlderThanMs is ${bodies}. It must be a number of milliseconds, 0 or more.`,
    )
  }
  if (events !== undefined && !(events >= LEAST_EVENT_AGE_DAYS * DAY_MS)) {
    throw recoveryRefused(
      `prune: eventsOlderThanMs is ${events}. It must be at least ${LEAST_EVENT_AGE_DAYS * DAY_MS}, which is ${LEAST_EVENT_AGE_DAYS} days: Stripe may bring an event back for 30, and one that was deleted would act again.`,
    )
  }
}

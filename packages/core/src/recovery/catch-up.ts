import type { AccountId } from '../billing/options.ts'
import type { Settings } from '../billing/settings.ts'
import { BillingError } from '../errors/billing-error.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { openCheckpoint } from './checkpoint.ts'
import { eventsOldestFirst } from './events-oldest-first.ts'
import { Intake, type IntakeTally } from './intake.ts'
import { createEventList } from './list-events.ts'
import { recoveryRefused } from './recovery-refused.ts'
import { batchSize } from './run-now.ts'
import { toTime } from './selection.ts'

export interface CatchUpOptions {
  /**
   * Where it begins; a number is milliseconds since 1970-01-01 UTC. Default: where the last
   * call has ended, and the first time 30 days ago. Stripe goes back no further.
   */
  readonly since?: Date | number
  /** The connected account whose events are read. Default: the platform's own are. */
  readonly account?: AccountId
  /** Is told how far it is, after each batch. */
  readonly onProgress?: (progress: CatchUpProgress) => void
  /** When it aborts, the batch that is being worked on is finished. */
  readonly signal?: AbortSignal
}

export interface CatchUpProgress extends IntakeTally {
  /** When the newest event that was looked at was created, in milliseconds since 1970-01-01 UTC. */
  readonly through: number | undefined
}

export interface CatchUpResult extends CatchUpProgress {
  /** `false` when it was aborted: the next call goes on from there. */
  readonly isComplete: boolean
}

/** How far back Stripe lists events: https://docs.stripe.com/api/events */
const REACH_SECONDS = 30 * 86_400

/** An event may become visible after a younger one, so the last minutes are looked at once more. */
const OVERLAP_SECONDS = 600

export async function catchUp<Tx extends TransactionKind>(
  settings: Settings<Tx>,
  { since, account, onProgress, signal }: CatchUpOptions,
): Promise<CatchUpResult> {
  const { client, clock, logger, mode, processing, store } = settings
  if (client === undefined) throw clientMissing()
  if (account !== undefined && !/^acct_\w+$/.test(account)) {
    throw recoveryRefused('catchUp: account is no id of one. Write acct_….')
  }
  const now = Math.floor(clock.now() / 1000)
  const checkpoint = await openCheckpoint(store.recovery, mode, account)
  const from =
    since === undefined
      ? (checkpoint.through ?? 0) - OVERLAP_SECONDS
      : Math.floor(toTime('catchUp', since) / 1000)
  // What lies between the last call's end and a later `since` is not looked at, so the next one has to.
  let isGapless = checkpoint.through === undefined || from <= checkpoint.through
  let through: number | undefined
  const intake = new Intake(settings, account ?? '')
  const progress = (): CatchUpProgress => ({
    ...intake.tally,
    through: through === undefined ? undefined : through * 1000,
  })

  const list = createEventList(client, account, settings)
  const size = batchSize(settings)
  const start = Math.max(from, now - REACH_SECONDS)
  if (since === undefined && (checkpoint.through ?? start) < start) {
    logger.warn(
      'the last catch-up was more than 30 days ago: events from before that are out of reach',
      { lastThrough: checkpoint.through, from: start },
    )
  }
  for await (const events of eventsOldestFirst(list, start, now)) {
    for (let i = 0; i < events.length; i += size) {
      if (signal?.aborted) return { ...progress(), isComplete: false }
      const batch = events.slice(i, i + size)
      await intake.take(batch)
      // Inline there may be no worker, so the next call runs what nobody has run.
      isGapless &&= processing === 'durable' || intake.tally.waiting === 0
      // Objects on a test clock have events in the future; until then others happen.
      through = Math.min(now, batch.at(-1)?.created ?? start)
      if (isGapless) await checkpoint.advance(through)
      onProgress?.(progress())
    }
  }
  return { ...progress(), isComplete: true }
}

function clientMissing(): BillingError {
  return new BillingError(
    'recovery_unavailable',
    'billing.recovery.catchUp can ask nobody, since createBilling was given no instance of stripe. Write stripe: new Stripe(key).',
  )
}

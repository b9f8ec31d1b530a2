import type { RegisteredHandler } from '../billing/settings.ts'
import type { MirrorWrite } from '../mirror/mirror-row.ts'
import type { CommitMark } from '../store/inbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Attempt } from './attempt.ts'
import { declaredBy, originOf } from './declared-by.ts'
import { createHandlerRun, leaseLost, storeUnavailable } from './handler-run.ts'

/**
 * Runs the handlers that earlier attempts have not finished, one after the other. What is
 * committed first takes the mirror along; what is committed last ends the event.
 *
 * @returns Rejects with what a handler or the store failed with.
 */
export async function runInOrder<Tx extends TransactionKind>(
  attempt: Attempt<Tx>,
  handlers: readonly RegisteredHandler<Tx>[],
  signal: AbortSignal,
): Promise<'processed' | 'unmatched'> {
  const { event, endpoint, lease, settings } = attempt
  const { finishedHandlers, key } = lease
  const pending =
    finishedHandlers.length === 0
      ? handlers
      : handlers.filter(({ name }) => !finishedHandlers.includes(name))
  let mirror: MirrorWrite | undefined
  if (settings.mirror.isAbout(event.type)) {
    mirror = await settings.mirror.prepare(event, key.account)
    signal.throwIfAborted()
  }
  const markOf = (mark: Omit<CommitMark, 'now' | 'mirror'>): CommitMark => ({
    ...mark,
    mirror,
    now: settings.clock.now(),
  })

  // None is left when earlier attempts were made by a billing that had more of them.
  const declared = declaredBy(pending, event, originOf(key, endpoint))
  if (declared !== undefined) {
    await commitMark(
      attempt,
      markOf({ handler: undefined, state: 'processed', declared }),
    )
    return 'processed'
  }
  let reason: string | undefined
  for (const [index, handler] of pending.entries()) {
    signal.throwIfAborted()
    const isLast = index === pending.length - 1
    const ended = await runOne(attempt, handler, signal, (unmatched) => {
      reason ??= unmatched
      const finished = unmatched === undefined ? handler.name : undefined
      if (!isLast) return markOf({ handler: finished })
      const state = reason === undefined ? 'processed' : 'unmatched'
      return markOf({ handler: finished, state, reason })
    })
    if (ended === 'committed') mirror = undefined
  }
  return reason === undefined ? 'processed' : 'unmatched'
}

/** @param markOf What a commit records, given why the handler has found nobody, if so. */
async function runOne<Tx extends TransactionKind>(
  attempt: Attempt<Tx>,
  handler: RegisteredHandler<Tx>,
  signal: AbortSignal,
  markOf: (unmatched: string | undefined) => CommitMark,
): Promise<'committed' | 'nothing to commit'> {
  const { event, endpoint, lease, settings } = attempt
  if ('declare' in handler) {
    const declared = declaredBy([handler], event, originOf(lease.key, endpoint))
    await commitMark(attempt, { ...markOf(undefined), declared })
    return 'committed'
  }
  const run = createHandlerRun(settings, lease, endpoint, markOf, signal)
  let failure: { readonly error: unknown } | undefined
  try {
    await handler.handle(event, run.context)
  } catch (error) {
    failure = { error }
  }
  const { committed, unseen } = await run.settled()
  const failed = failure ?? unseen
  if (committed) {
    if (failed !== undefined) {
      settings.logger.error(
        'a handler failed after its transaction had committed, so it is not run again; what may fail belongs before context.transaction, and in one callback',
        { eventId: event.id, type: event.type, handler: handler.name, ...failed },
      )
    }
    return 'committed'
  }
  if (failed !== undefined) throw failed.error
  const mark = markOf(run.unmatchedReason())
  if (mark.handler === undefined && mark.state === undefined) return 'nothing to commit'
  await commitMark(attempt, mark)
  return 'committed'
}

async function commitMark<Tx extends TransactionKind>(
  { lease, settings }: Attempt<Tx>,
  mark: CommitMark,
): Promise<void> {
  let isCommitted: boolean
  try {
    isCommitted = (await settings.store.commit(lease, mark)).committed
  } catch (error) {
    throw storeUnavailable(error)
  }
  if (!isCommitted) throw leaseLost(lease)
}

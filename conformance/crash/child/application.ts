// The handlers and the sender of the application, with their steps.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DeclaredEffect,
  defineHandlers,
  type EffectResult,
  type HandlerContext,
  type NamedHandlers,
  type Sender,
  type StripeEvent,
  type TransactionKind,
  type TransactionWork,
} from '@countersign/core'
import type { Chooser } from '../../fuzz/chooser.ts'
import { businessKey, messageKey } from './business-key.ts'
import { GROUPS, type GroupName } from './groups.ts'
import type { Outside } from './outside.ts'
import type { Steps } from './steps.ts'

/** Writes a row of the application's in a transaction of the store: synchronously in SQLite. */
export type WriteRow = (
  tx: unknown,
  group: string,
  key: string,
  eventId: string,
) => unknown

/** How often something goes wrong by itself: one time in so many, or never with 0. */
interface Failures {
  oneIn: number
}

export interface ApplicationParts {
  readonly steps: Steps
  readonly chooser: Chooser
  readonly failures: Failures
  readonly writeRow: WriteRow
  readonly isAsync: boolean
}

export function handlersOf<Tx extends TransactionKind>(
  parts: ApplicationParts,
): readonly NamedHandlers<Tx>[] {
  const { steps } = parts
  const run = (group: GroupName) => (event: StripeEvent, context: HandlerContext<Tx>) =>
    runHandler(group, event, context, parts)
  const declare = (event: StripeEvent): DeclaredEffect => {
    steps.reached('handler declares')
    const effect = businessKey(event)
    const key = messageKey('notices', effect, event.id)
    return {
      effect: `notices: ${effect}`,
      send: [{ topic: 'mail', key, payload: { effect } }],
    }
  }
  return (Object.keys(GROUPS) as GroupName[]).map((group) => {
    const handler = group === 'notices' ? { declare } : run(group)
    return defineHandlers<Tx>(
      group,
      Object.fromEntries(GROUPS[group].map((type) => [type, handler])),
    )
  })
}

async function runHandler<Tx extends TransactionKind>(
  group: GroupName,
  event: StripeEvent,
  context: HandlerContext<Tx>,
  parts: ApplicationParts,
): Promise<void> {
  const { steps, chooser, failures } = parts
  steps.reached(`handler ${group}:begins`)
  // The application looks something up.
  if (chooser.oneIn(2)) await sleep(chooser.below(5))
  steps.reached(`handler ${group}:in the middle`)
  failNow(parts, 'the application failed')
  const work = parts.isAsync
    ? async (tx: unknown) => {
        steps.reached(`handler ${group}:transaction begins`)
        await writeAll(group, event, context, tx, parts)
        steps.reached(`handler ${group}:transaction ends`)
        failNow(parts, 'a constraint failed')
      }
    : (tx: unknown): void => {
        steps.reached(`handler ${group}:transaction begins`)
        writeAllAtOnce(group, event, context, tx, parts)
        steps.reached(`handler ${group}:transaction ends`)
        failNow(parts, 'a constraint failed')
      }
  await context.transaction(work as unknown as TransactionWork<Tx, void>)
  steps.reached(`handler ${group}:committed`)
  if (failures.oneIn > 0 && chooser.oneIn(4)) await sleep(chooser.below(3))
}

function failNow({ chooser, failures }: ApplicationParts, why: string): void {
  if (failures.oneIn > 0 && chooser.oneIn(failures.oneIn)) throw new Error(why)
}

function writeAllAtOnce<Tx extends TransactionKind>(
  group: GroupName,
  event: StripeEvent,
  { effect, outbox }: HandlerContext<Tx>,
  tx: unknown,
  { writeRow }: ApplicationParts,
): void {
  if (group === 'ledger') {
    writeRow(tx, group, event.id, event.id)
    return
  }
  const key = businessKey(event)
  if (!(effect(`${group}: ${key}`) as EffectResult<never> as boolean)) return
  writeRow(tx, group, key, event.id)
  outbox({ topic: 'mail', key: messageKey(group, key), payload: { key } })
}

async function writeAll<Tx extends TransactionKind>(
  group: GroupName,
  event: StripeEvent,
  { effect, outbox }: HandlerContext<Tx>,
  tx: unknown,
  { writeRow }: ApplicationParts,
): Promise<void> {
  if (group === 'ledger') {
    await writeRow(tx, group, event.id, event.id)
    return
  }
  const key = businessKey(event)
  if (!(await effect(`${group}: ${key}`))) return
  await writeRow(tx, group, key, event.id)
  await outbox({ topic: 'mail', key: messageKey(group, key), payload: { key } })
}

export function senderOf(parts: ApplicationParts, outside: Outside): Sender {
  const { steps } = parts
  return async (_, { key }) => {
    steps.reached('sender:begins')
    failNow(parts, 'the mail server is down')
    await outside.sendMail(key)
    steps.reached('sender:has sent')
    failNow(parts, 'the answer of the mail server was lost')
  }
}

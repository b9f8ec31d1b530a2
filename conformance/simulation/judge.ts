import type { EventRecord } from '@countersign/core'
import type { Database } from './database.ts'
import { effectOf, expectedHandlers, isOwnerless } from './simulated-handlers.ts'
import type { ModelEvent, SimulatedStripe } from './simulated-stripe.ts'
import type { World } from './world.ts'

const MIRRORED = ['customer', 'subscription', 'invoice'] as const

/** The state that an event has in the end. */
export function endOf(
  { type, livemode, object }: ModelEvent,
  { sync, hasOnEvent }: World['plan'],
): EventRecord['state'] {
  if (livemode) return 'ignored'
  if (type.startsWith('v1.')) return sync === 'refetch' ? 'processed' : 'ignored'
  const handlers = expectedHandlers(type)
  if (handlers.some(({ group, how }) => how === 'run' && isOwnerless(group, object)))
    return 'unmatched'
  const isMirrored = sync !== 'off' && MIRRORED.some((kind) => kind === object.object)
  return handlers.length > 0 || hasOnEvent || isMirrored ? 'processed' : 'ignored'
}

/** Holds everything that was committed and sent against what should have been. */
export function judgeEffects(
  world: World,
  { ledger, messages }: Database,
  { events }: SimulatedStripe,
): void {
  /** Messages by effect; an effect that is declared may be of any of its events. */
  const expected = new Map<string, string[]>()
  const ran = new Set<string>()
  for (const { id, type, change, object, livemode } of events) {
    for (const { group, how } of livemode ? [] : expectedHandlers(type)) {
      if (how === 'run' && isOwnerless(group, object)) continue
      const effect = effectOf(group, type, change)
      const key = how === 'run' ? `mail of ${effect}` : `mail of ${effect} by ${id}`
      if (how === 'run') ran.add(effect)
      expected.set(effect, [...(expected.get(effect) ?? []), key])
    }
  }
  for (const [effect, keys] of expected) {
    const rows = ledger.rows.filter((row) => row.effect === effect).length
    const sent = [...messages.fates].filter(
      ([key, { end }]) => keys.includes(key) && end !== undefined,
    ).length
    if (rows !== (ran.has(effect) ? 1 : 0) || sent !== 1) {
      world.blame(
        'an effect is committed exactly once',
        `${effect} was committed ${rows} times, and ${sent} messages tell of it`,
      )
    }
  }
  if (ledger.rows.length !== ran.size || messages.fates.size !== expected.size) {
    world.blame(
      'an effect is committed exactly once',
      `there are ${ledger.rows.length} rows and ${messages.fates.size} messages of ${ran.size} and ${expected.size} effects`,
    )
  }
}

/** Holds the mirror against what Stripe has. */
export async function judgeMirror(
  world: World,
  { store }: Database,
  { objects }: SimulatedStripe,
): Promise<void> {
  if (world.plan.sync === 'off') return
  for (const kind of MIRRORED) {
    for (const object of objects.values()) {
      if (object.object !== kind) continue
      const scope = { livemode: false, account: '' }
      const row = await store.mirror.find(scope, kind, object.id)
      const has = row && summaryOf(row.data)
      const should = summaryOf(object)
      if (has === should) continue
      world.blame(
        'the mirror shows what Stripe has',
        `${object.id} is ${has} and should be ${should}`,
      )
    }
  }
}

/** What shows whether two stand for the same state: each change has a revision of its own. */
function summaryOf(object: object): string {
  const { deleted, status, metadata } = object as {
    readonly deleted?: boolean
    readonly status?: string
    readonly metadata?: { readonly revision?: string }
  }
  if (deleted === true || status === 'deleted') return 'deleted'
  return `${status ?? 'there'} at revision ${metadata?.revision}`
}

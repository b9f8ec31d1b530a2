// Holds what stands in the database against what was acknowledged, sent and shown.
import { messageKey } from './child/business-key.ts'
import { groupsOf } from './child/groups.ts'
import type { EventLog, LoggedEvent } from './event-log.ts'
import type { Mails } from './outside-server.ts'
import type { Plan } from './plan.ts'
import type { RawState } from './raw-state.ts'
import { summaryOfObject, summaryOfRow } from './summary.ts'

export type Harm = 'lost' | 'doubled' | 'regressed'

export interface Finding {
  readonly harm: Harm
  readonly what: string
}

export interface Facts {
  readonly plan: Plan
  readonly log: EventLog
  readonly acknowledged: ReadonlyMap<string, number>
  readonly mails: Mails
}

/** What must hold at every moment, whoever has just died. */
export function judge(facts: Facts, state: RawState): Finding | undefined {
  return (
    findDoubled(state) ??
    findHalf(facts, state) ??
    findLost(facts, state) ??
    findUnsent(facts, state) ??
    (facts.plan.sync === 'refetch' ? findStale(facts, state) : undefined)
  )
}

/** What must hold once everything was delivered and nothing has failed for a while. */
export function judgeEnd(facts: Facts, state: RawState): Finding | undefined {
  return judge(facts, state) ?? findUnfinished(facts, state) ?? findWrong(facts, state)
}

function findDoubled({ rows, messages }: RawState): Finding | undefined {
  const seen = new Set<string>()
  for (const { kind, key } of rows) {
    const row = `${kind} ${key}`
    if (seen.has(row)) return { harm: 'doubled', what: `the row ${row} is there twice` }
    seen.add(row)
  }
  const declared = new Map<string, string>()
  for (const { key } of messages) {
    if (!key.startsWith('notices: ')) continue
    const effect = key.slice(0, key.indexOf(' by '))
    const other = declared.get(effect)
    if (other !== undefined && other !== key)
      return { harm: 'doubled', what: `${other} and ${key} tell of one effect` }
    declared.set(effect, key)
  }
  return undefined
}

/** Rows, effects and messages are written in one transaction, and the mark with them. */
function findHalf({ log }: Facts, state: RawState): Finding | undefined {
  const effects = new Set(state.effects)
  const grants = state.rows
    .filter(({ kind }) => kind === 'grants')
    .map(({ key }) => `grants: ${key}`)
  const messages = new Set(
    state.messages.map(({ key }) =>
      key.startsWith('notices: ') ? key.slice(0, key.indexOf(' by ')) : key,
    ),
  )
  for (const effect of effects) {
    if (!messages.has(effect))
      return { harm: 'lost', what: `the effect ${effect} has no message` }
  }
  for (const effect of messages) {
    if (!effects.has(effect))
      return { harm: 'doubled', what: `a message tells of ${effect}, which is no effect` }
  }
  const rows = new Set(grants)
  for (const row of rows) {
    if (!effects.has(row))
      return {
        harm: 'doubled',
        what: `the row of ${row} is there, and the effect is not`,
      }
  }
  for (const effect of effects) {
    if (effect.startsWith('grants: ') && !rows.has(effect))
      return { harm: 'lost', what: `${effect} is an effect without its row` }
  }
  const ledger = new Set(
    state.rows.filter(({ kind }) => kind === 'ledger').map(({ key }) => key),
  )
  for (const event of log.events) {
    if (state.events.get(event.id)?.state !== 'processed') continue
    for (const group of groupsOf(event.type)) {
      const isThere =
        group === 'ledger'
          ? ledger.has(event.id)
          : effects.has(messageKey(group, event.businessKey))
      if (!isThere)
        return {
          harm: 'lost',
          what: `${event.id} is processed, and ${group} has done nothing for it`,
        }
    }
  }
  return undefined
}

function findLost(
  { plan, log, acknowledged }: Facts,
  { events }: RawState,
): Finding | undefined {
  for (const { id, end } of log.events) {
    if (!acknowledged.has(id)) continue
    const event = events.get(id)
    if (event === undefined)
      return { harm: 'lost', what: `${id} was acknowledged and is not there` }
    const isDone = event.state === end
    const isStored = plan.processing === 'durable' && event.hasBody
    if (!isDone && !isStored)
      return { harm: 'lost', what: `${id} was acknowledged and is ${event.state}` }
  }
  return undefined
}

function findUnsent({ mails }: Facts, { messages }: RawState): Finding | undefined {
  const unsent = messages.find(({ key, state }) => state === 'sent' && !mails.has(key))
  return (
    unsent && {
      harm: 'lost',
      what: `the message ${unsent.key} counts as sent and was not`,
    }
  )
}

/** What was fetched for an event is at least as new as the event. */
function findStale({ log }: Facts, { events, mirror }: RawState): Finding | undefined {
  for (const [index, { id, mirroredId }] of log.events.entries()) {
    if (index >= log.happened) break
    if (mirroredId === undefined || events.get(id)?.state !== 'processed') continue
    const row = mirror.get(mirroredId)
    if (row === undefined)
      return { harm: 'regressed', what: `${mirroredId} is not in the mirror after ${id}` }
    const shown = summaryOfRow(row)
    const newest = log.statesOf(mirroredId, index).map(summaryOfObject)
    const final = log.objects.get(mirroredId)
    if (final !== undefined) newest.push(summaryOfObject(final))
    if (!newest.includes(shown))
      return {
        harm: 'regressed',
        what: `${mirroredId} is ${shown} after ${id}, which is older`,
      }
  }
  return undefined
}

function findUnfinished(
  { log, acknowledged, mails }: Facts,
  state: RawState,
): Finding | undefined {
  for (const { id, end } of log.events) {
    if (!acknowledged.has(id))
      return { harm: 'lost', what: `${id} is never acknowledged` }
    const event = state.events.get(id)
    if (event?.state !== end)
      return { harm: 'lost', what: `${id} stays ${event?.state} and should be ${end}` }
  }
  for (const { key, state: sent } of state.messages) {
    if (sent !== 'sent' || !mails.has(key))
      return { harm: 'lost', what: `the message ${key} stays ${sent}` }
  }
  return undefined
}

function findWrong({ log }: Facts, state: RawState): Finding | undefined {
  const rows = new Set(log.events.flatMap(rowsOf))
  if (rows.size !== state.rows.length)
    return {
      harm: 'doubled',
      what: `there are ${state.rows.length} rows, and should be ${rows.size}`,
    }
  for (const [id, object] of log.objects) {
    const row = state.mirror.get(id)
    const shown = row && summaryOfRow(row)
    const expected = summaryOfObject(object)
    if (shown !== expected)
      return {
        harm: 'regressed',
        what: `${id} is ${shown} in the end, and Stripe has ${expected}`,
      }
  }
  return undefined
}

function rowsOf({ id, type, businessKey }: LoggedEvent): readonly string[] {
  return groupsOf(type).flatMap((group) => {
    if (group === 'notices') return []
    return [group === 'ledger' ? `ledger ${id}` : `grants ${businessKey}`]
  })
}

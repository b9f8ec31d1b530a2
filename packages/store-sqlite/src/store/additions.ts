import type { CommitMark, EventKey, OutboxMessage } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import type { MirrorRows } from './mirror-rows.ts'
import type { StoreContext } from './store-context.ts'

/** What is committed together with an event's mark. Each is called in a transaction. */
export interface Additions {
  /** Tells whether the business key is new. */
  readonly addEffect: (key: EventKey, effect: string, now: number) => boolean
  /** Tells whether the message is new. */
  readonly addMessage: (key: EventKey, message: OutboxMessage, now: number) => boolean
  /** Writes what the mark declares. */
  readonly addAll: (key: EventKey, mark: CommitMark) => void
}

export function createAdditions(
  { db, tables, due }: StoreContext,
  mirror: MirrorRows,
): Additions {
  const insertEffect = prepare(
    db,
    `INSERT INTO ${tables.effects} (livemode, account, key, event_id, recorded_at)
    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertMessage = prepare(
    db,
    `INSERT INTO ${tables.outbox} (livemode, account, topic, key, payload, event_id, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )

  function addEffect(key: EventKey, effect: string, now: number): boolean {
    const { livemode, account, eventId } = key
    return insertEffect.run(livemode ? 1 : 0, account, effect, eventId, now).changes === 1
  }

  function addMessage(key: EventKey, message: OutboxMessage, now: number): boolean {
    const { changes } = insertMessage.run(
      key.livemode ? 1 : 0,
      key.account,
      message.topic,
      message.key,
      JSON.stringify(message.payload),
      key.eventId,
      now,
    )
    if (changes !== 1) return false
    due.note('message')
    return true
  }

  return {
    addEffect,
    addMessage,
    addAll(key, { now, declared, mirror: change }) {
      for (const { effect, send = [] } of declared ?? []) {
        if (!addEffect(key, effect, now)) continue
        for (const message of send) addMessage(key, message, now)
      }
      if (change !== undefined) mirror.merge(key, change, now)
    },
  }
}

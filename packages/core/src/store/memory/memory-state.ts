import { type MirrorRow, type MirrorWrite, mergeMirror } from '../../mirror/mirror-row.ts'
import type { MirrorKind } from '../../mirror/mirrored.ts'
import type { Delivery, EventKey, Scope } from '../delivery.ts'
import type { ClaimOptions, DueKind, EventState, Lease } from '../inbox-store.ts'
import type { OutboxMessage } from '../outbox-store.ts'

export interface EventRow {
  /** In the order in which events came. */
  readonly seq: number
  readonly delivery: Delivery
  hasBody: boolean
  state: EventState
  attempts: number
  token: number
  /** 0 when nobody holds it. */
  leaseUntil: number
  /** Of an open event: 0 when it is due at once, the end of its lease, or when it is tried again. */
  dueAt: number
  finishedHandlers: readonly string[]
  lastError: string | undefined
  reason: string | undefined
  readonly receivedAt: number
  startedAt: number | undefined
  finishedAt: number | undefined
  requeuedAt: number | undefined
}

export interface MessageRow extends Scope {
  readonly id: number
  readonly topic: string
  readonly key: string
  /** As JSON, so that later changes of the application's object do not reach it. */
  readonly payload: string
  state: 'pending' | 'sent' | 'dead'
  attempts: number
  token: number
  /** 0 when nobody holds it. */
  leasedUntil: number
  dueAt: number
}

/** What a transaction adds, kept apart until it commits. */
export interface Additions {
  readonly effects: Set<string>
  readonly messages: Map<string, OutboxMessage>
}

/** Everything that a store in memory holds, and the look-ups that its parts share. */
export class MemoryState {
  readonly events: Map<string, EventRow> = new Map()
  /** Those that are received or failed, so that a worker looks at no other. */
  readonly open: Set<EventRow> = new Set()
  readonly effects: Set<string> = new Set()
  readonly messages: Map<string, MessageRow> = new Map()
  readonly pending: Set<MessageRow> = new Set()
  readonly mirror: Map<string, { readonly scope: Scope; readonly row: MirrorRow }> =
    new Map()
  readonly checkpoints: Map<string, string> = new Map()
  readonly listeners: Set<(due: DueKind) => void> = new Set()
  ticket = 0
  #seq = 0
  #messageId = 0

  eventOf(key: EventKey): EventRow | undefined {
    return this.events.get(eventId(key))
  }

  insert(delivery: Delivery, state: EventState, now: number): EventRow {
    this.#seq += 1
    const row: EventRow = {
      seq: this.#seq,
      delivery,
      hasBody: true,
      state,
      attempts: 0,
      token: 0,
      leaseUntil: 0,
      dueAt: 0,
      finishedHandlers: NONE,
      lastError: undefined,
      reason: undefined,
      receivedAt: now,
      startedAt: undefined,
      finishedAt: undefined,
      requeuedAt: undefined,
    }
    this.events.set(eventId(delivery.key), row)
    if (isOpen(state)) this.open.add(row)
    return row
  }

  setState(row: EventRow, state: EventState): void {
    row.state = state
    if (isOpen(state)) this.open.add(row)
    else this.open.delete(row)
  }

  lease(row: EventRow, { now, leaseMs }: ClaimOptions): Lease {
    this.setState(row, 'received')
    row.hasBody = true
    row.token += 1
    row.attempts += 1
    row.leaseUntil = now + leaseMs
    row.dueAt = row.leaseUntil
    row.startedAt = now
    const { delivery, token, attempts: attempt, finishedHandlers } = row
    return { key: delivery.key, token, attempt, finishedHandlers }
  }

  /** The row that this lease may still write to: it was neither taken over nor ended. */
  leased({ key, token }: Lease): EventRow | undefined {
    const row = this.eventOf(key)
    return row?.token === token && row.leaseUntil !== 0 ? row : undefined
  }

  messageOf(scope: Scope, key: string): MessageRow | undefined {
    return this.messages.get(scoped(scope, key))
  }

  /** Tells whether the effect is new. */
  addEffect(scope: Scope, key: string, { effects }: Additions): boolean {
    const id = scoped(scope, key)
    if (this.effects.has(id) || effects.has(id)) return false
    effects.add(id)
    return true
  }

  /** Tells whether the message is new. */
  addMessage(scope: Scope, message: OutboxMessage, { messages }: Additions): boolean {
    const id = scoped(scope, message.key)
    if (this.messages.has(id) || messages.has(id)) return false
    messages.set(id, { ...message })
    return true
  }

  keep(scope: Scope, { effects, messages }: Additions): void {
    for (const effect of effects) this.effects.add(effect)
    for (const [id, { topic, key, payload }] of messages) {
      this.#messageId += 1
      const row: MessageRow = {
        livemode: scope.livemode,
        account: scope.account,
        id: this.#messageId,
        topic,
        key,
        payload: JSON.stringify(payload),
        state: 'pending',
        attempts: 0,
        token: 0,
        leasedUntil: 0,
        dueAt: 0,
      }
      this.messages.set(id, row)
      this.pending.add(row)
    }
  }

  mergeMirror(scope: Scope, write: MirrorWrite, now: number): void {
    const { kind, id } = write.by === 'fetch' ? write.data : write.link.data
    const place = mirrorId(scope, kind, id)
    const row = mergeMirror(this.mirror.get(place)?.row, write, now)
    if (row !== undefined) this.mirror.set(place, { scope, row })
  }

  mirrored(scope: Scope, kind: MirrorKind, id: string): MirrorRow | undefined {
    return this.mirror.get(mirrorId(scope, kind, id))?.row
  }

  wake(due: DueKind): void {
    for (const listener of this.listeners) listener(due)
  }
}

/** Rows of finished events are many, so they share it. */
export const NONE: readonly string[] = []

export function isHeld(row: EventRow, { now, leaseMs }: ClaimOptions): boolean {
  return row.leaseUntil > now && row.leaseUntil <= now + 2 * leaseMs
}

function isOpen(state: EventState): boolean {
  return state === 'received' || state === 'failed'
}

export function isSameScope(one: Scope, other: Scope): boolean {
  return one.livemode === other.livemode && one.account === other.account
}

function scoped({ livemode, account }: Scope, key: string): string {
  return `${livemode ? 'live' : 'test'}\n${account}\n${key}`
}

function eventId(key: EventKey): string {
  return scoped(key, key.eventId)
}

function mirrorId(scope: Scope, kind: MirrorKind, id: string): string {
  return scoped(scope, `${kind}\n${id}`)
}

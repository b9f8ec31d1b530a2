import type { ClaimedMessage } from '@countersign/core'
import type { World } from './world.ts'

export interface MessageFate {
  readonly id: number
  readonly topic: string
  /** How often a sender has really sent it. */
  sent: number
  token: number
  end: 'sent' | 'dead' | undefined
}

/** What really became of the messages of the outbox, by key. */
export class MessageLedger {
  readonly fates: Map<string, MessageFate> = new Map()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  claimed({ id, key, topic, token }: ClaimedMessage): void {
    const fate = this.fates.get(key) ?? { id, topic, sent: 0, token: 0, end: undefined }
    this.fates.set(key, fate)
    if (fate.id !== id || fate.end !== undefined || fate.token >= token) {
      this.#blame(
        `${key} was given away as row ${id} with the token ${token}, after row ${fate.id} with ${fate.token}, ${fate.end ?? 'waiting'}`,
      )
    }
    fate.token = token
  }

  sent(key: string): void {
    const fate = this.fates.get(key)
    if (fate !== undefined) fate.sent += 1
  }

  settled(
    { key, attempt, token }: ClaimedMessage,
    state: 'sent' | 'failed' | 'dead',
  ): void {
    const fate = this.fates.get(key)
    if (fate === undefined || fate.token !== token || state === 'failed') return
    if (state === 'sent' && fate.sent === 0)
      this.#blame(`${key} counts as sent, and was not`)
    if (state === 'dead' && attempt < this.#world.plan.retries.limit)
      this.#blame(`${key} was given up after ${attempt} attempts`)
    fate.end = state
  }

  #blame(what: string): void {
    this.#world.blame('a message is one row, and is sent', what)
  }
}

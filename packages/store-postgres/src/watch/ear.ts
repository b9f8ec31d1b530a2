import type { DueKind } from '@countersign/core'
import { tooSlow, within } from '../connection/within.ts'
import type { Source } from './watchers.ts'

/** A connection of its own to listen on, such as a `Client` of `pg` that has not been connected yet. */
export interface ListenClient {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  on(event: 'notification', listener: (message: Notification) => void): unknown
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
  end(): Promise<unknown>
}

interface Notification {
  readonly payload?: string | undefined
}

export interface EarOptions {
  readonly connect: () => ListenClient
  readonly channel: string
  readonly timeoutMs: number
  readonly onDue: (due: DueKind) => void
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 30_000

/** Hears what other processes store, on a connection that it makes again whenever it is lost. */
export class Ear implements Source {
  readonly #options: EarOptions
  #client: ListenClient | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #waitMs = FIRST_WAIT_MS

  constructor(options: EarOptions) {
    this.#options = options
  }

  readonly open = (): void => {
    const { connect, channel, timeoutMs, onDue } = this.#options
    const client = connect()
    this.#client = client
    const lose = () => {
      if (this.#client !== client) return
      this.#client = undefined
      client.end().catch(() => {})
      this.#retry = setTimeout(() => this.open(), this.#waitMs)
      this.#retry.unref?.()
      this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS)
    }
    client.on('error', lose)
    client.on('end', lose)
    client.on('notification', ({ payload }) => {
      if (payload === 'event' || payload === 'message') onDue(payload)
    })
    const listen = async () => {
      await client.connect()
      await client.query(`LISTEN "${channel}"`)
    }
    within(timeoutMs, listen(), () => tooSlow('LISTEN', timeoutMs)).then(() => {
      this.#waitMs = FIRST_WAIT_MS
      // Whatever became due while nobody listened.
      onDue('event')
      onDue('message')
    }, lose)
  }

  readonly close = (): void => {
    clearTimeout(this.#retry)
    const client = this.#client
    this.#client = undefined
    client?.end().catch(() => {})
  }
}

import { Agent } from 'node:http'
import type { Recording } from '../harness/recording.ts'
import type { Manifest } from '../target/target.ts'
import type { Exchange, HttpRequest } from './http-message.ts'
import { problemWith, type SchemaName } from './schemas.ts'
import { send } from './send.ts'

/** A target broke the protocol: nothing can be said about what it was asked. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  /** It may only not have started yet. */
  readonly mayPass: boolean

  constructor(message: string, { mayPass = false }: { readonly mayPass?: boolean } = {}) {
    super(message)
    this.mayPass = mayPass
  }
}

export interface ProbeOptions {
  readonly url: string
  readonly token: string
  readonly timeoutMs: number
}

const PREFIX = '/__conformance__'

/** Asks a running target over HTTP protocol 1. */
export class Probe {
  readonly #token: string
  readonly #timeoutMs: number
  // Only the suite's own questions share connections; each webhook has one of its own.
  readonly #agent = new Agent({ keepAlive: true })
  #url: string

  constructor({ url, token, timeoutMs }: ProbeOptions) {
    this.#url = url
    this.#token = token
    this.#timeoutMs = timeoutMs
  }

  get url(): string {
    return this.#url
  }

  /** Asks the same target where it is after a restart. */
  follow(url: string): void {
    this.#url = url
  }

  /** Ends the connections to the target. */
  close(): void {
    this.#agent.destroy()
  }

  manifest(): Promise<Manifest> {
    return this.#ask<Manifest>(`${PREFIX}/manifest`, 'manifest')
  }

  effects(key: string): Promise<Recording> {
    return this.#ask<Recording>(
      `${PREFIX}/effects?key=${encodeURIComponent(key)}`,
      'effects',
    )
  }

  state(
    owner: string,
  ): Promise<{ readonly access: boolean; readonly status: string | null }> {
    return this.#ask(`${PREFIX}/state?owner=${encodeURIComponent(owner)}`, 'state')
  }

  /** Sets how far the target's clock is ahead, in milliseconds. Only of one that has the feature `clock`. */
  async setClock(offsetMs: number): Promise<void> {
    const body = Buffer.from(JSON.stringify({ offsetMs }))
    const { response, error } = await this.#send('POST', `${PREFIX}/clock`, { body })
    if (response?.status === 200) return
    throw new ProtocolError(
      `POST ${PREFIX}/clock answered ${response?.status ?? error}, expected 200`,
    )
  }

  /** The status with which the target answers something under the prefix. */
  async statusOf(path: string, token: string = this.#token): Promise<number> {
    const exchange = await this.#send('GET', `${PREFIX}/${path}`, { token })
    if (exchange.response === undefined) throw new ProtocolError(String(exchange.error))
    return exchange.response.status
  }

  async #ask<T>(path: string, schema: SchemaName): Promise<T> {
    const { response, error } = await this.#send('GET', path)
    if (response === undefined)
      throw new ProtocolError(`GET ${path}: ${error}`, { mayPass: true })
    const { status } = response
    if (status !== 200) {
      const mayPass = [404, 500, 502, 503, 504].includes(status)
      throw new ProtocolError(`GET ${path} answered ${status}, expected 200`, { mayPass })
    }
    const value = parse(response.body, path)
    const problem = problemWith(schema, value)
    if (problem !== undefined) throw new ProtocolError(`GET ${path}: ${problem}`)
    return value as T
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    { token = this.#token, body = Buffer.alloc(0) } = {},
  ): Promise<Exchange> {
    const request: HttpRequest = {
      method,
      path,
      headers: [
        ['Authorization', `Bearer ${token}`],
        ['Content-Type', 'application/json'],
      ],
      body,
      framing: 'content-length',
      cuts: [],
    }
    const options = { timeoutMs: this.#timeoutMs, origin: 0 }
    // Over TLS every question has a connection of its own.
    if (this.url.startsWith('https:')) return send(this.url, request, options)
    const kept = await send(this.url, request, { ...options, agent: this.#agent })
    // A server may close a connection that was kept, at the moment in which it is used again.
    return /ECONNRESET|EPIPE|hang up/.test(kept.error ?? '')
      ? send(this.url, request, options)
      : kept
  }
}

function parse(body: string, path: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new ProtocolError(`GET ${path} did not answer with JSON: ${body}`)
  }
}

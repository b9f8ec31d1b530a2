import { StripeError } from '../api/stripe-error.ts'
import type { Answer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import { Connection } from './connection.ts'

/** Headers that describe one connection, or that the emulator answers itself. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'date',
  'idempotency-key',
  'keep-alive',
  'request-id',
  'transfer-encoding',
])

/** How often a request that got no answer is asked: a validation is harmless to repeat. */
const ATTEMPTS = 3
/** What a connection fails with whose other end is gone; anything else is no reason to ask again. */
const IS_GONE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** Where stripe-mock is. */
export interface Source {
  /** Without a slash at the end, or `unix:` and a path. Waits while it is started again. */
  readonly url: () => Promise<string>
  /** Resolves when it is known whether a stripe-mock that did not answer is still there. */
  readonly settle: () => Promise<void>
}

/** Headers of a request that stripe-mock hears of. */
const PASSED = ['content-type', 'stripe-account', 'stripe-version'] as const

/** Hands requests on to stripe-mock. */
export class Upstream {
  readonly #source: Source
  /** That of the last request: it is hardly ever another one. */
  #target: { readonly text: string; readonly url: URL } | undefined
  readonly #open = new Set<Connection>()
  readonly #idle: Connection[] = []

  constructor(source: Source) {
    this.#source = source
  }

  /** @throws StripeError 500 when stripe-mock does not answer */
  async forward(request: ApiRequest): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const url = await this.#findUrl()
      try {
        return await this.#ask(url, request)
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? ''
        if (attempt === ATTEMPTS || !IS_GONE.has(code)) throw this.#noAnswer(error)
        await this.#source.settle()
      }
    }
  }

  close(): void {
    for (const connection of this.#open) connection.close()
    this.#open.clear()
    this.#idle.length = 0
  }

  async #findUrl(): Promise<URL> {
    let text: string
    try {
      text = await this.#source.url()
    } catch (error) {
      throw this.#noAnswer(error)
    }
    if (this.#target?.text !== text) {
      this.close()
      this.#target = { text, url: new URL(text) }
    }
    return this.#target.url
  }

  #noAnswer(error: unknown): StripeError {
    const reason = error instanceof Error ? error.message : String(error)
    return new StripeError(
      500,
      {
        type: 'api_error',
        message: `stripe-mock does not answer at ${this.#target?.text}: ${reason}`,
      },
      true,
    )
  }

  async #ask(
    url: URL,
    { method, path, search, headers, body }: ApiRequest,
  ): Promise<Answer> {
    const connection = this.#takeConnection(url)
    // stripe-mock takes keys of exactly three parts.
    let head = `${method} ${path}${search} HTTP/1.1\r\nhost: ${url.host || 'localhost'}\r\nauthorization: Bearer sk_test_123\r\n`
    if (body.length > 0 || method !== 'GET') head += `content-length: ${body.length}\r\n`
    for (const name of PASSED) {
      const value = headers[name]
      if (typeof value === 'string') head += `${name}: ${value}\r\n`
    }
    try {
      const answer = await connection.send(method, head, body)
      const { status } = answer
      return { status, headers: withoutDropped(answer.headers), body: answer.body }
    } finally {
      if (connection.isIdle) this.#idle.push(connection)
      else this.#open.delete(connection)
    }
  }

  /** One that is open and has nothing to do, or a new one. */
  #takeConnection(url: URL): Connection {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isIdle) return idle
      this.#open.delete(idle)
    }
    const made = new Connection(url)
    this.#open.add(made)
    return made
  }
}

function withoutDropped(headers: Readonly<Record<string, string>>) {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (!DROPPED.has(name)) kept[name] = value
  return kept
}

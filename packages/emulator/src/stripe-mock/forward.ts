import { Agent, request as httpRequest } from 'node:http'
import { urlToHttpOptions } from 'node:url'
import { StripeError } from '../api/stripe-error.ts'
import type { Answer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'

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

/** Hands requests on to stripe-mock. */
export class Upstream {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true })

  /** @param url Without a slash at the end. */
  constructor(url: string) {
    this.#url = url
  }

  /** @throws StripeError 500 when stripe-mock does not answer */
  forward({ method, path, search, headers, body }: ApiRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(
          new StripeError(500, {
            type: 'api_error',
            message: `stripe-mock does not answer at ${this.#url}: ${error.message}`,
          }),
        )
      }
      const request = httpRequest({
        ...urlToHttpOptions(new URL(this.#url)),
        path: path + search,
        agent: this.#agent,
        method,
        headers: {
          // stripe-mock takes keys of exactly three parts.
          authorization: 'Bearer sk_test_123',
          'content-length': body.length,
          ...pick(headers, ['content-type', 'stripe-account', 'stripe-version']),
        },
        signal: AbortSignal.timeout(30_000),
      })
      request.on('error', fail)
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', fail)
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 500,
            headers: withoutDropped(response.headers),
            body: Buffer.concat(chunks),
          })
        })
      })
      request.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function pick(
  headers: ApiRequest['headers'],
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}

function withoutDropped(headers: ApiRequest['headers']): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !DROPPED.has(name)) kept[name] = String(value)
  }
  return kept
}

import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { sharedLookup } from './shared-lookup.ts'

export interface PostResult {
  /** The HTTP status, or `undefined` when no answer came. */
  readonly status: number | undefined
  readonly error: string | undefined
}

export interface Post {
  /** Resolves when the status is known, or when there will be none. Never rejects. */
  readonly result: Promise<PostResult>
  /** Resolves when the connection is free again. Never rejects. */
  readonly end: Promise<void>
}

/** Of an answer that is longer, in bytes, the rest is not read. */
const LONGEST_ANSWER = 65_536

/** Posts webhooks as Stripe does. */
export class WebhookClient {
  readonly #timeoutMs: number
  readonly #httpAgent = new HttpAgent({ keepAlive: true })
  readonly #httpsAgent = new HttpsAgent({ keepAlive: true })
  readonly #lookup = sharedLookup()
  readonly #open = new Set<ClientRequest>()

  /** @param timeoutMs How long an endpoint may take, to the end of its answer. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Only the status of the answer counts: a redirect is not followed, a body is dropped unread. Never throws. */
  post(url: string, body: string, signature: string): Post {
    try {
      return this.#post(url, body, signature)
    } catch (error) {
      // Node refuses some addresses that are URLs, as with a broken escape in the user's name.
      const { message } = error as Error
      return {
        result: Promise.resolve({ status: undefined, error: message }),
        end: Promise.resolve(),
      }
    }
  }

  #post(url: string, body: string, signature: string): Post {
    const isHttps = url.startsWith('https:')
    const send = isHttps ? httpsRequest : httpRequest
    const request = send(url, {
      agent: isHttps ? this.#httpsAgent : this.#httpAgent,
      lookup: this.#lookup,
      method: 'POST',
      headers: {
        Accept: '*/*; q=0.5, application/xml',
        'Cache-Control': 'no-cache',
        'Content-Length': Buffer.byteLength(body),
        'Content-Type': 'application/json; charset=utf-8',
        'Stripe-Signature': signature,
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    })
    this.#open.add(request)
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${this.#timeoutMs} ms`))
    }, this.#timeoutMs)
    const end = new Promise<void>((resolve) => {
      request.on('close', () => {
        clearTimeout(timer)
        this.#open.delete(request)
        resolve()
      })
    })
    const result = new Promise<PostResult>((resolve) => {
      // After the answer has begun, an error changes nothing more.
      request.on('error', ({ message }) => resolve({ status: undefined, error: message }))
      request.on('response', (response) => {
        resolve({ status: response.statusCode, error: undefined })
        // A short answer is read to its end, so that the connection can be used again.
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > LONGEST_ANSWER) response.destroy()
        })
        response.on('error', () => {})
      })
    })
    request.end(body)
    return { result, end }
  }

  /** Breaks off what is under way. */
  close(): void {
    for (const request of this.#open) request.destroy(new Error('the emulator has ended'))
    this.#httpAgent.destroy()
    this.#httpsAgent.destroy()
  }
}

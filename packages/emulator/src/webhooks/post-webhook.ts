import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface PostResult {
  /** The HTTP status, or `undefined` when no answer came. */
  readonly status: number | undefined
  readonly error: string | undefined
}

/** Of an answer that is longer, in bytes, the rest is not read. */
const LONGEST_ANSWER = 65_536

/** Posts a webhook as Stripe does. Only the status of the answer counts; its body is dropped unread. Never rejects. */
export function postWebhook(
  url: string,
  body: string,
  signature: string,
  signal: AbortSignal,
): Promise<PostResult> {
  return new Promise<PostResult>((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = send(url, {
      method: 'POST',
      headers: {
        Accept: '*/*; q=0.5, application/xml',
        'Cache-Control': 'no-cache',
        'Content-Length': Buffer.byteLength(body),
        'Content-Type': 'application/json; charset=utf-8',
        'Stripe-Signature': signature,
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      signal,
    })
    request.on('response', (response) => {
      resolve({ status: response.statusCode, error: undefined })
      // A short answer is read to its end, so that the connection can be used again.
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > LONGEST_ANSWER) response.destroy()
      })
    })
    request.on('error', reject)
    request.end(body)
  }).catch((error: Error) => ({ status: undefined, error: error.message }))
}

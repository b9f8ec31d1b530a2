import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface PostResult {
  /** The HTTP status, or `undefined` when no answer came. */
  readonly status: number | undefined
  readonly error: string | undefined
}

/** Posts a webhook as Stripe does. Only the status of the answer counts; its body is dropped unread. Never rejects. */
export function postWebhook(
  url: string,
  body: string,
  signature: string,
  timeoutMs: number,
): Promise<PostResult> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const request = send(url, {
      method: 'POST',
      headers: {
        accept: '*/*; q=0.5, application/xml',
        'cache-control': 'no-cache',
        'content-length': Buffer.byteLength(body),
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      timeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    })
    request.on('response', (response) => {
      resolve({ status: response.statusCode, error: undefined })
      response.destroy()
    })
    request.on('error', (error) => resolve({ status: undefined, error: error.message }))
    request.end(body)
  })
}

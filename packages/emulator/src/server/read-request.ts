import type { IncomingMessage } from 'node:http'
import { StripeError } from '../api/stripe-error.ts'

const LIMIT_BYTES = 10 * 1024 * 1024

/** One request, read whole. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  /** With the `?`, or empty. */
  readonly search: string
  readonly headers: IncomingMessage['headers']
  /** The bytes as they came. */
  readonly body: Buffer
}

export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LIMIT_BYTES) {
      throw new StripeError(413, {
        type: 'invalid_request_error',
        message: 'Request entity too large',
      })
    }
    chunks.push(chunk)
  }
  const target = message.url ?? '/'
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  // What is routed here and what stripe-mock is asked has to be the same.
  if (!isPlainPath(path)) {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: 'The request target has to be a path, encoded and without dot segments.',
    })
  }
  return {
    method: message.method ?? '',
    path,
    search: query < 0 ? '' : target.slice(query),
    headers: message.headers,
    body: Buffer.concat(chunks),
  }
}

function isPlainPath(path: string): boolean {
  const origin = 'http://localhost'
  return URL.canParse(path, origin) && new URL(path, origin).href === origin + path
}

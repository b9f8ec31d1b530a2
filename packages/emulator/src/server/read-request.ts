import type { IncomingMessage } from 'node:http'
import { StripeError } from '../api/stripe-error.ts'

const LIMIT_BYTES = 10 * 1024 * 1024
const NOTHING = Buffer.alloc(0)
const PLAIN = /^(?:\/[\w-]+)+$/

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
  const body = hasBody(message) ? await readBody(message) : NOTHING
  const target = message.url ?? '/'
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  // What is routed here and what stripe-mock is asked has to be the same.
  if (!isPlainPath(path)) {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message:
        'The request target has to be a path, encoded and without dot or empty segments.',
    })
  }
  return {
    method: message.method ?? '',
    path,
    search: query < 0 ? '' : target.slice(query),
    headers: message.headers,
    body,
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined ||
    (headers['content-length'] ?? '0') !== '0'
  )
}

function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    message.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= LIMIT_BYTES) chunks.push(chunk)
      else reject(tooLarge())
    })
    message.on('end', () => resolve(Buffer.concat(chunks)))
    message.on('error', reject)
    message.on('close', () => {
      if (!message.readableEnded) reject(new Error('the request was broken off'))
    })
  })
}

function tooLarge(): StripeError {
  return new StripeError(413, {
    type: 'invalid_request_error',
    message: 'Request entity too large',
  })
}

function isPlainPath(path: string): boolean {
  // Nearly all are.
  if (PLAIN.test(path)) return true
  const origin = 'http://localhost'
  return (
    URL.canParse(path, origin) &&
    new URL(path, origin).href === origin + path &&
    !path.includes('//') &&
    isDecodable(path)
  )
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

import type { ServerResponse } from 'node:http'
import { StripeError } from '../api/stripe-error.ts'

/** What is sent back to the caller of the API. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value, null, 2),
  }
}

/** A StripeError with its own status; anything else is a fault of the emulator. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof StripeError) return jsonAnswer(error.status, { error: error.body })
  const message = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
  return jsonAnswer(500, { error: { type: 'api_error', message } })
}

export function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...headers,
    ...more,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

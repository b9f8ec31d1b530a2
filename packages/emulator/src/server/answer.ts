import type { ServerResponse } from 'node:http'
import { StripeError } from '../api/stripe-error.ts'

/** What is sent back to the caller of the API. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The work was done, and the connection breaks before the caller hears of it. */
  readonly isLost?: boolean
  /** The id of the object that is answered, where it is known. */
  readonly objectId?: string | undefined
}

const JSON_HEADERS = { 'content-type': 'application/json' }

/** On one line: Stripe's own is indented, which takes longer to write and to read. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: JSON_HEADERS,
    body: JSON.stringify(value),
    objectId: idOf(value),
  }
}

function idOf(value: unknown): string | undefined {
  const id = (value as { readonly id?: unknown } | null | undefined)?.id
  return typeof id === 'string' ? id : undefined
}

/** A StripeError with its own status; anything else is a fault of the emulator. @param show Renders the objects in it. */
export function errorAnswer(
  error: unknown,
  show: (body: unknown) => unknown = (body) => body,
): Answer {
  if (error instanceof StripeError)
    return jsonAnswer(error.status, { error: show(error.body) })
  const message = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
  return jsonAnswer(500, { error: { type: 'api_error', message } })
}

export function sendAnswer(
  response: ServerResponse,
  { status, headers, body, isLost }: Answer,
  more: Readonly<Record<string, string>> = {},
): void {
  if (isLost) {
    response.destroy()
    return
  }
  response.writeHead(status, {
    ...headers,
    ...more,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

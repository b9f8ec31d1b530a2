import { BillingError, isBillingError } from '../errors/billing-error.ts'
import type { BodyLimits } from '../webhooks/inbound.ts'

const ALREADY_READ =
  'The body of this webhook was read before Countersign got the request, and the bytes that Stripe signed are gone. Give fetchWebhook, action or POST the request untouched (no request.text() or request.json() before it); behind a Node server, mount its body parser (express.json() and the like) after the webhook route, or for other routes only.'

/** Reads a Fetch request's body, never holding more than the limit. */
export async function readWebBody(
  request: Request,
  { limitBytes, signal }: BodyLimits,
): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limitBytes) throw tooLarge(limitBytes)
  if (request.bodyUsed) throw alreadyRead()
  const body =
    request.body === null
      ? new Uint8Array()
      : await readStream(request.body, limitBytes, signal)
  // A server that drained the stream first hands over a request whose length says otherwise.
  if (body.length === 0 && declared > 0) throw alreadyRead()
  return body
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const reader = stream.getReader()
  const giveUp = () => {
    reader.cancel().catch(() => {})
  }
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const chunks: Uint8Array[] = []
    let length = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (signal.aborted)
        throw new BillingError('body_too_late', 'the body took too long to arrive')
      if (done) return join(chunks, length)
      length += value.length
      if (length > limitBytes) {
        giveUp()
        throw tooLarge(limitBytes)
      }
      chunks.push(value)
    }
  } catch (cause) {
    if (isBillingError(cause)) throw cause
    throw new BillingError(
      'body_aborted',
      'the sender went away before the body had arrived',
      {
        cause,
      },
    )
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.length
  }
  return body
}

function tooLarge(limitBytes: number): BillingError {
  return new BillingError('body_too_large', `the body is longer than ${limitBytes} bytes`)
}

function alreadyRead(): BillingError {
  return new BillingError('body_already_read', ALREADY_READ)
}

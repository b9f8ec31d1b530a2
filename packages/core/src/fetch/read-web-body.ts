import { BillingError, isBillingError } from '../errors/billing-error.ts'
import type { BodyLimits } from '../webhooks/inbound.ts'

/**
 * Reads a Fetch request's body, never holding more than the limit.
 *
 * @param advice What to change in this framework when the body was read before.
 */
export async function readWebBody(
  request: Request,
  { limitBytes, signal }: BodyLimits,
  advice: string,
): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (request.bodyUsed || request.body?.locked) throw alreadyRead(advice)
  const body =
    request.body === null
      ? new Uint8Array()
      : await readStream(request.body, declared > limitBytes ? 0 : limitBytes, signal)
  if (body === undefined) {
    throw new BillingError(
      'body_too_large',
      `the body is longer than ${limitBytes} bytes`,
    )
  }
  // A server that drained the stream first hands over a request whose length says otherwise.
  if (body.length === 0 && declared > 0) throw alreadyRead(advice)
  return body
}

/** Gives the bytes, or `undefined` when there are more than the limit. */
async function readStream(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
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
        await drain(reader)
        return undefined
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

/**
 * Takes the rest in and throws it away, until it ends or the deadline cancels the reader.
 * Cancelling at once would make servers reset the connection, and the sender would never
 * see why.
 */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done) {
    // Dropped.
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

function alreadyRead(advice: string): BillingError {
  return new BillingError(
    'body_already_read',
    `The body of this webhook was read before Countersign could see the bytes that Stripe signed. ${advice}`,
  )
}

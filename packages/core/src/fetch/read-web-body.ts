import { BillingError } from '../errors/billing-error.ts'
import { BodyBuffer } from '../webhooks/body-buffer.ts'
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
  // Asked for once: frameworks wrap requests, and then each look costs.
  const { body: stream } = request
  if (request.bodyUsed || stream?.locked) throw alreadyRead(advice)
  const body =
    stream === null
      ? new Uint8Array()
      : await readStream(stream, declared, limitBytes, signal)
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

/**
 * Gives the bytes, or `undefined` when there are more than the limit. The rest of those is
 * taken in and thrown away first, until it ends or the deadline comes. The stream is not
 * cancelled: servers then close the connection, and the sender would never see why.
 */
function readStream(
  stream: ReadableStream<Uint8Array>,
  declared: number,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reader = stream.getReader()
  return new Promise((resolve, reject) => {
    const buffer = new BodyBuffer(declared)
    const isTooLarge = () => declared > limitBytes || buffer.length > limitBytes

    function onRead({ done, value }: ReadableStreamReadResult<Uint8Array>): void {
      if (signal.aborted) return
      if (done) {
        signal.removeEventListener('abort', onDeadline)
        resolve(isTooLarge() ? undefined : buffer.toBytes())
        return
      }
      buffer.add(value)
      if (isTooLarge()) buffer.drop()
      reader.read().then(onRead, onBroken)
    }
    function onBroken(cause: unknown): void {
      signal.removeEventListener('abort', onDeadline)
      reject(
        new BillingError(
          'body_aborted',
          'the sender went away before the body had arrived',
          { cause },
        ),
      )
    }
    function onDeadline(): void {
      buffer.drop()
      if (isTooLarge()) resolve(undefined)
      else reject(new BillingError('body_too_late', 'the body took too long to arrive'))
    }

    signal.addEventListener('abort', onDeadline, { once: true })
    if (signal.aborted) onDeadline()
    else reader.read().then(onRead, onBroken)
  })
}

function alreadyRead(advice: string): BillingError {
  return new BillingError(
    'body_already_read',
    `The body of this webhook was read before Countersign could see the bytes that Stripe signed. ${advice}`,
  )
}

import type { IncomingMessage } from 'node:http'
import { BillingError, BodyBuffer, type BodyLimits } from '@countersign/core'
import { findKeptBytes, type KeptBody } from './kept-bytes.ts'

/** Reads a Node request's body: from the stream, or from where a parser that ran first has kept it. */
export async function readRequestBody(
  request: IncomingMessage,
  limits: BodyLimits,
  kept: () => KeptBody,
): Promise<Uint8Array> {
  const declared = declaredLength(request)
  if (declared !== undefined && declared > limits.limitBytes) throw tooLarge(limits)
  // An empty body that somebody has read was never "read from": it has only ended.
  const isUnread = !request.readableDidRead && !request.readableEnded
  // What a stream held when it was destroyed can no longer be read from it.
  if (request.destroyed && (isUnread || !request.complete)) throw aborted()
  const read = isUnread ? await readUnread(request, limits, declared) : undefined
  if (read instanceof Uint8Array) return read
  if (declared === 0) return new Uint8Array()

  const { candidates, advice } = kept()
  const bytes = findKeptBytes(read === undefined ? candidates : [read], declared)
  if (bytes === 'inexact') {
    throw new BillingError(
      'body_inexact',
      `A body parser has kept this body as text, which need not be the bytes that Stripe signed. ${advice}`,
    )
  }
  if (bytes === undefined) {
    throw new BillingError(
      'body_already_read',
      `The body of this webhook was read before Countersign could see the bytes that Stripe signed. ${advice}`,
    )
  }
  if (bytes.length > limits.limitBytes) throw tooLarge(limits)
  return bytes
}

function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length']
  return header === undefined ? undefined : Number(header)
}

/**
 * Gives the bytes; the text when somebody has called `request.setEncoding`; or `undefined`
 * when somebody else has begun to read.
 */
async function readUnread(
  request: IncomingMessage,
  limits: BodyLimits,
  declared: number | undefined,
): Promise<Uint8Array | string | undefined> {
  // What flows already, or is read by somebody who waits for it, would be gone by the end of
  // the turn; and chunks, of which there may be as many as bytes, are better not kept until then.
  const isAlone = !request.readableFlowing && request.listenerCount('readable') === 0
  if (!isAlone || declared === undefined) return readStream(request, limits, declared)
  // A small body comes with its head, and Node has parsed it when this turn ends: then it
  // can be taken as it is, without listeners and without a deadline.
  if (!request.complete) await new Promise((resolve) => setImmediate(resolve))
  if (request.readableDidRead) return undefined
  if (request.destroyed) throw aborted()
  if (!request.complete) return readStream(request, limits, declared)
  return (request.read() as Uint8Array | string | null) ?? new Uint8Array()
}

function readStream(
  request: IncomingMessage,
  { limitBytes, signal }: BodyLimits,
  declared: number | undefined,
): Promise<Uint8Array | string> {
  return new Promise((resolve, reject) => {
    const buffer = new BodyBuffer(declared)
    let isText = false

    function onData(chunk: Uint8Array | string): void {
      isText ||= typeof chunk === 'string'
      buffer.add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      if (buffer.length > limitBytes) end(tooLarge({ limitBytes }))
    }
    function onEnd(): void {
      end()
    }
    function onGone(cause?: unknown): void {
      end(aborted(cause))
    }
    function onDeadline(): void {
      end(new BillingError('body_too_late', 'the body took too long to arrive'))
    }
    function end(error?: BillingError): void {
      request.off('data', onData).off('end', onEnd).off('close', onGone)
      signal.removeEventListener('abort', onDeadline)
      if (error === undefined) {
        request.off('error', onGone)
        const bytes = buffer.toBytes()
        resolve(isText ? new TextDecoder().decode(bytes) : bytes)
      } else {
        // The stream may fail later still; without a listener that would end the process.
        request.pause()
        buffer.drop()
        reject(error)
      }
    }

    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
    signal.addEventListener('abort', onDeadline, { once: true })
    // A stream that somebody has paused does not flow again by being listened to.
    if (signal.aborted) onDeadline()
    else request.resume()
  })
}

function aborted(cause?: unknown): BillingError {
  return new BillingError(
    'body_aborted',
    'the sender went away before the body had arrived',
    {
      cause,
    },
  )
}

function tooLarge({ limitBytes }: Pick<BodyLimits, 'limitBytes'>): BillingError {
  return new BillingError('body_too_large', `the body is longer than ${limitBytes} bytes`)
}

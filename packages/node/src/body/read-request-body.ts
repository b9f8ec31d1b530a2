import type { IncomingMessage } from 'node:http'
import { BillingError, type BodyLimits } from '@countersign/core'
import type { KeptBody } from '../to-inbound.ts'
import { findKeptBytes } from './kept-bytes.ts'

/** Reads a Node request's body: from the stream, or from where a parser that ran first has kept it. */
export async function readRequestBody(
  request: IncomingMessage,
  limits: BodyLimits,
  kept: () => KeptBody,
): Promise<Uint8Array> {
  const declared = declaredLength(request)
  if (declared !== undefined && declared > limits.limitBytes) throw tooLarge(limits)
  if (request.destroyed && !request.complete) throw aborted()
  // An empty body that somebody has read was never "read from": it has only ended.
  const isUnread = !request.readableDidRead && !request.readableEnded
  if (isUnread) return readStream(request, limits)
  if (declared === 0) return new Uint8Array()

  const { candidates, advice } = kept()
  const bytes = findKeptBytes(candidates, declared)
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

function readStream(
  request: IncomingMessage,
  { limitBytes, signal }: BodyLimits,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0

    function onData(chunk: Uint8Array): void {
      length += chunk.length
      if (length > limitBytes) end(tooLarge({ limitBytes }))
      else chunks.push(chunk)
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
        resolve(join(chunks, length))
      } else {
        // The stream may fail later still; without a listener that would end the process.
        request.pause()
        reject(error)
      }
    }

    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
    signal.addEventListener('abort', onDeadline, { once: true })
  })
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  return first !== undefined && chunks.length === 1
    ? first
    : Buffer.concat(chunks, length)
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

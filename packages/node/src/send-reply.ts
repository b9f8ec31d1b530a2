import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Reply } from '@countersign/core'

/** How long an unread body is still taken in and thrown away, so that its sender gets to read the answer. */
const LINGER_MS = 2_000

/** Writes a reply out, and closes the connection after it when the reply says so. */
export function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, close }: Reply,
): void {
  if (response.destroyed || response.writableEnded) return
  if (response.headersSent) {
    // Somebody has sent a status already. Another one must not pass for this.
    if (response.statusCode === status) response.end(body)
    else response.destroy()
    return
  }
  const length = { 'content-length': Buffer.byteLength(body) }
  if (!close) {
    response.writeHead(status, { ...headers, ...length }).end(body)
    return
  }
  response.writeHead(status, { ...headers, ...length, connection: 'close' }).write(body)
  linger(request, () => response.end())
}

/**
 * Waits for the rest of the request, reading and dropping it. A socket that is closed
 * with unread bytes on it is reset, and the sender may then never see the answer.
 */
function linger(request: IncomingMessage, onDone: () => void): void {
  const timer = setTimeout(done, LINGER_MS)
  function done(): void {
    clearTimeout(timer)
    request.off('end', done).off('close', done)
    onDone()
  }
  if (request.complete || request.destroyed) {
    done()
    return
  }
  request.on('end', done).on('close', done)
  request.resume()
}

import { once } from 'node:events'
import { connect } from './connect.ts'
import type { HttpRequest } from './http-message.ts'
import { pathBelow } from './send.ts'

/** How long to wait for a `100 Continue`, which not every server gives, in milliseconds. */
const CONTINUE_MS = 300

/**
 * Sends the head and half of the body, and then resets the connection. It waits in
 * between until the server says that it wants the body: a reset that overtakes the head
 * would take the whole request away unseen.
 */
export async function abortMidBody(
  baseUrl: string,
  { method, path, headers, body }: HttpRequest,
): Promise<void> {
  const base = new URL(baseUrl)
  const socket = connect(base)
  socket.on('error', () => {})
  const lines = [
    `${method} ${pathBelow(base, path)} HTTP/1.1`,
    `Host: ${base.host}`,
    'Expect: 100-continue',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data', { signal: AbortSignal.timeout(CONTINUE_MS) }).catch(() => {})
  await new Promise((resolve) => {
    socket.write(body.subarray(0, body.length / 2), resolve)
  })
  socket.resetAndDestroy()
}

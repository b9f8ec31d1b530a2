import { connect } from './connect.ts'
import type { HttpRequest } from './http-message.ts'
import { pathBelow } from './send.ts'

/**
 * Sends a whole request, and resets the connection before the answer is read.
 *
 * @param until Resolves when it is time to go.
 */
export async function leaveBeforeAnswer(
  baseUrl: string,
  { method, path, headers, body }: HttpRequest,
  until: () => Promise<unknown>,
): Promise<void> {
  const base = new URL(baseUrl)
  const socket = connect(base)
  socket.on('error', () => {})
  const lines = [
    `${method} ${pathBelow(base, path)} HTTP/1.1`,
    `Host: ${base.host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  socket.write(body)
  try {
    await until()
  } finally {
    socket.resetAndDestroy()
  }
}

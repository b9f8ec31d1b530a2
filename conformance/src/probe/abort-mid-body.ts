import { once } from 'node:events'
import { connect } from 'node:net'
import type { HttpRequest } from './http-message.ts'

/** Sends the head and half of the body, and then resets the connection. */
export async function abortMidBody(
  baseUrl: string,
  { method, path, headers, body }: HttpRequest,
): Promise<void> {
  const { hostname, port } = new URL(baseUrl)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ]
  const half = body.subarray(0, body.length / 2)
  await new Promise((resolve) => {
    socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), half]), resolve)
  })
  socket.resetAndDestroy()
}

import { Buffer } from 'node:buffer'
import { connect } from 'node:net'

/** A body that nobody has signed. */
export interface RawBody {
  readonly announced: number | 'chunked'
  /** How much of the body is sent, in bytes. What is announced beyond that never comes. */
  readonly bytes: number
}

const PIECE = Buffer.alloc(65_536, 'a')
const CHUNK = Buffer.concat([
  Buffer.from(`${PIECE.length.toString(16)}\r\n`),
  PIECE,
  Buffer.from('\r\n'),
])

/**
 * Posts over a socket of its own, reads the answer while it sends, and sends on after it.
 *
 * @returns The status of the answer once the connection has ended, or `undefined` when
 *   it ended without one.
 */
export async function postRaw(
  url: string,
  { announced, bytes }: RawBody,
): Promise<number | undefined> {
  const { hostname, port, pathname, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  // A reset shows in the answer that is missing.
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))

  const isChunked = announced === 'chunked'
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${announced}`
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${length}\r\n\r\n`,
  )
  for (let sent = 0; sent < bytes && socket.writable; sent += PIECE.length) {
    const goOn = socket.write(isChunked ? CHUNK : PIECE)
    if (goOn) continue
    const drained = new Promise<void>((resolve) => socket.once('drain', resolve))
    await Promise.race([drained, closed])
  }
  if (isChunked && socket.writable) socket.write('0\r\n\r\n')

  await closed
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]
  return status === undefined ? undefined : Number(status)
}

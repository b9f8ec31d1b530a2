import type { Socket } from 'node:net'
import { connect } from './connect.ts'
import type { Exchange, HttpRequest, HttpResponse } from './http-message.ts'
import { pathBelow, type SendOptions } from './send.ts'

/** A request of which the head has been written, up to its framing. */
export interface RawConnection {
  readonly write: (bytes: string | Buffer) => void
  /** Waits until something has come back, or some milliseconds have passed. */
  readonly answered: (timeoutMs: number) => Promise<void>
}

/** The longest answer that is read, in characters. */
const ANSWER_LENGTH = 1_000_000

/** Sends a request by hand. Never rejects: what went wrong is part of the exchange. */
export async function sendRaw(
  baseUrl: string,
  request: HttpRequest,
  write: (connection: RawConnection) => Promise<void> | void,
  { timeoutMs, origin }: Omit<SendOptions, 'agent'>,
): Promise<Exchange> {
  const base = new URL(baseUrl)
  const started = performance.now()
  const socket = connect(base)
  const answer = readAnswer(socket, timeoutMs)
  const lines = [
    `${request.method} ${pathBelow(base, request.path)} HTTP/1.1`,
    `Host: ${base.host}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    '',
  ]
  socket.write(lines.join('\r\n'))
  await write({
    write: (bytes) => socket.write(bytes),
    answered: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        const end = () => {
          clearTimeout(timer)
          resolve()
        }
        socket.once('data', end).once('close', end)
      }),
  })
  const outcome = await answer
  socket.destroy()
  return {
    request,
    ...outcome,
    startedAt: started - origin,
    durationMs: performance.now() - started,
  }
}

function readAnswer(
  socket: Socket,
  timeoutMs: number,
): Promise<Pick<Exchange, 'response' | 'error'>> {
  return new Promise((resolve) => {
    let text = ''
    let error = 'the connection was closed without an answer'
    const end = () => {
      clearTimeout(timer)
      const response = toResponse(text)
      resolve(response === undefined ? { error } : { response })
    }
    const timer = setTimeout(() => {
      error = `no answer within ${timeoutMs} ms`
      end()
    }, timeoutMs)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      if (text.length < ANSWER_LENGTH) text += chunk
      if (isWhole(text)) end()
    })
    socket.on('error', (reason) => {
      error = reason.message
    })
    socket.on('close', end)
  })
}

/** What comes before the answer proper: `100 Continue`. */
const INTERIM = /^HTTP\/1\.1 1\d\d [\s\S]*?\r\n\r\n/

function toResponse(text: string): HttpResponse | undefined {
  const [head = '', ...rest] = text.replace(INTERIM, '').split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]
  if (status === undefined) return undefined
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return {
    status: Number(status),
    headers: Object.fromEntries(headers),
    body: rest.join('\r\n\r\n'),
  }
}

/** Tells whether an answer has all the body that it announces. One in chunks ends with an empty one. */
function isWhole(text: string): boolean {
  const response = toResponse(text)
  if (response === undefined || !text.replace(INTERIM, '').includes('\r\n\r\n')) {
    return false
  }
  const { 'content-length': length, 'transfer-encoding': coding } = response.headers
  if (coding !== undefined) return response.body.endsWith('0\r\n\r\n')
  return length !== undefined && response.body.length >= Number(length)
}

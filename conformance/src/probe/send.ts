import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Exchange, HttpRequest, HttpResponse } from './http-message.ts'

export interface SendOptions {
  readonly timeoutMs: number
  /** `performance.now()` of the moment from which offsets count. */
  readonly origin: number
  /** Keeps the connection for the next request through the same agent. Default: a connection of its own. */
  readonly agent?: Agent
}

/** Sends exactly these bytes to a target. Never rejects: what went wrong is part of the exchange. */
export function send(
  baseUrl: string,
  request: HttpRequest,
  { timeoutMs, origin, agent = oneOff }: SendOptions,
): Promise<Exchange> {
  const { hostname, port } = new URL(baseUrl)
  const started = performance.now()
  const startedAt = started - origin
  return new Promise((resolve) => {
    const end = (outcome: Pick<Exchange, 'response' | 'error'>) => {
      clearTimeout(timer)
      resolve({ request, ...outcome, startedAt, durationMs: performance.now() - started })
    }
    const outgoing = httpRequest({
      agent,
      hostname,
      port,
      method: request.method,
      path: request.path,
      headers: [
        ...request.headers,
        framingHeader(request),
        ['Host', `${hostname}:${port}`],
      ].flat(),
    })
    const timer = setTimeout(() => {
      end({ error: `no answer within ${timeoutMs} ms` })
      outgoing.destroy()
    }, timeoutMs)
    const onError = (error: Error) => end({ error: error.message })
    outgoing.on('error', onError)
    outgoing.on('response', (message) => {
      // Once an answer is there, a sender that is still writing may fail: the answer counts.
      outgoing.off('error', onError).on('error', () => {})
      readResponse(message).then(
        (response) => end({ response }),
        (error: Error) => end({ error: `the answer broke off: ${error.message}` }),
      )
    })
    writeBody(outgoing, request)
  })
}

const oneOff = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

function framingHeader({ framing, body }: HttpRequest): readonly [string, string] {
  return framing === 'chunked'
    ? ['Transfer-Encoding', 'chunked']
    : ['Content-Length', String(body.length)]
}

/** Each part is a write of its own, after the one before has been handed to the system. */
function writeBody(
  outgoing: {
    write: (chunk: Buffer, done: () => void) => void
    end: (chunk?: Buffer) => void
  },
  { body, cuts }: HttpRequest,
): void {
  const starts = [0, ...cuts]
  const writeFrom = (index: number): void => {
    const part = body.subarray(starts[index], starts[index + 1])
    if (index === starts.length - 1) outgoing.end(part)
    else outgoing.write(part, () => setImmediate(() => writeFrom(index + 1)))
  }
  writeFrom(0)
}

function readResponse(message: IncomingMessage): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let body = ''
    message.setEncoding('utf8')
    message.on('data', (text: string) => {
      // Nothing that a target answers is of interest beyond this.
      if (body.length < 1_000_000) body += text
    })
    message.on('error', reject)
    message.on('end', () => {
      resolve({ status: message.statusCode ?? 0, headers: message.headers, body })
    })
  })
}

import * as http from 'node:http'
import * as https from 'node:https'
import { urlToHttpOptions } from 'node:url'
import type { Exchange, HttpRequest, HttpResponse } from './http-message.ts'

export interface SendOptions {
  readonly timeoutMs: number
  /** `performance.now()` of the moment from which offsets count. */
  readonly origin: number
  /** Keeps the connection for the next request through the same agent. Default: a connection of its own. */
  readonly agent?: http.Agent
}

/** Sends exactly these bytes to a target. Never rejects: what went wrong is part of the exchange. */
export function send(
  baseUrl: string,
  request: HttpRequest,
  { timeoutMs, origin, agent }: SendOptions,
): Promise<Exchange> {
  const base = new URL(baseUrl)
  const isSecure = base.protocol === 'https:'
  const started = performance.now()
  const startedAt = started - origin
  return new Promise((resolve) => {
    const end = (outcome: Pick<Exchange, 'response' | 'error'>) => {
      clearTimeout(timer)
      resolve({ request, ...outcome, startedAt, durationMs: performance.now() - started })
    }
    const outgoing = (isSecure ? https : http).request({
      ...urlToHttpOptions(base),
      agent: agent ?? (isSecure ? oneOffSecure : oneOff),
      method: request.method,
      path: pathBelow(base, request.path),
      headers: [...request.headers, framingHeader(request), ['Host', base.host]].flat(),
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

/** An agent that keeps one connection to a target open. */
export function createKeepAliveAgent(baseUrl: string): http.Agent {
  const options = { keepAlive: true, maxSockets: 1 }
  return baseUrl.startsWith('https:') ? new https.Agent(options) : new http.Agent(options)
}

/** The path of a request, below that of the target's own URL. */
export function pathBelow(base: URL, path: string): string {
  return base.pathname.replace(/\/$/, '') + path
}

const oneOff = new http.Agent({ keepAlive: false })
const oneOffSecure = new https.Agent({ keepAlive: false })

function framingHeader({ framing, body }: HttpRequest): readonly [string, string] {
  return framing === 'chunked'
    ? ['Transfer-Encoding', 'chunked']
    : ['Content-Length', String(body.length)]
}

/** Each part is a write of its own, after the one before has been handed to the system. */
function writeBody(outgoing: http.ClientRequest, { body, cuts }: HttpRequest): void {
  const starts = [0, ...cuts]
  const writeFrom = (index: number): void => {
    const part = body.subarray(starts[index], starts[index + 1])
    if (index === starts.length - 1) outgoing.end(part)
    else outgoing.write(part, () => setImmediate(() => writeFrom(index + 1)))
  }
  writeFrom(0)
}

function readResponse(message: http.IncomingMessage): Promise<HttpResponse> {
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

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import {
  createReadableStreamFromReadable,
  writeReadableStreamToWritable,
} from '@remix-run/node'

/** Serves a Remix request handler from Node's own HTTP server, with the streams that Remix itself uses. */
export function createNodeListener(
  handle: (request: Request) => Promise<Response>,
): RequestListener {
  return (message, response) => {
    answer(message, response).catch(() => response.destroy())
  }

  async function answer(
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let request: Request
    try {
      request = toRequest(message, response)
    } catch {
      // Not everything that Node takes for a request is one to the Fetch API.
      response.writeHead(400).end()
      return
    }
    await send(await handle(request), response)
  }
}

function toRequest(message: IncomingMessage, response: ServerResponse): Request {
  const method = message.method ?? 'GET'
  const headers = new Headers()
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${message.headers.host}${message.url}`, {
    method,
    headers,
    signal: gone.signal,
    ...(hasBody && {
      body: createReadableStreamFromReadable(Readable.from(message)),
      duplex: 'half',
    }),
  })
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (answer.body === null) response.end()
  else await writeReadableStreamToWritable(answer.body, response)
}

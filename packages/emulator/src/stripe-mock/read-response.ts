/** An answer as it came over a connection. */
export interface RawResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Whether the connection can be used again. */
  readonly isKeptAlive: boolean
}

const HEAD_END = '\r\n\r\n'
const NO_BODY = Buffer.alloc(0)

/**
 * The answer that some bytes are, once it is whole. Source: RFC 9112, section 6.
 *
 * @param method Of the request: a HEAD is answered without a body.
 * @param isEnd Whether no more bytes will come.
 * @returns `undefined` while bytes are missing
 * @throws Error when they are no answer of HTTP/1.1
 */
export function readResponse(
  bytes: Buffer,
  method: string,
  isEnd: boolean,
): RawResponse | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (Number.isNaN(status)) throw new Error(`no HTTP/1.1: ${first.slice(0, 80)}`)
  const headers = headersOf(lines)
  const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked'
  const length = headers['content-length']
  const rest = bytes.subarray(headEnd + HEAD_END.length)
  const isKeptAlive =
    headers.connection?.toLowerCase() !== 'close' && !first.startsWith('HTTP/1.0')
  if (method === 'HEAD' || status === 204 || status === 304)
    return { status, headers, body: NO_BODY, isKeptAlive }
  if (isChunked) {
    const body = joinChunks(rest)
    return body && { status, headers, body, isKeptAlive }
  }
  if (length !== undefined) {
    if (rest.length < Number(length)) return undefined
    const body = rest.subarray(0, Number(length))
    return { status, headers, body, isKeptAlive }
  }
  // Its end is that of the connection.
  return isEnd ? { status, headers, body: rest, isKeptAlive: false } : undefined
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const known = headers[name]
    headers[name] = known === undefined ? value : `${known}, ${value}`
  }
  return headers
}

/** The body, once the last chunk is there. */
function joinChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const [digits] = /^[\da-f]+/i.exec(bytes.toString('latin1', at, lineEnd)) ?? []
    const size = Number.parseInt(digits ?? '', 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    const start = lineEnd + 2
    if (size === 0)
      // Trailers, if any, end with an empty line.
      return bytes.indexOf('\r\n', start) === start || bytes.indexOf(HEAD_END, start) > 0
        ? Buffer.concat(chunks)
        : undefined
    if (bytes.length < start + size + 2) return undefined
    chunks.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}

import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { type RawResponse, readResponse } from './read-response.ts'

const TIMEOUT_MS = 30_000
const NOTHING = Buffer.alloc(0)

interface Exchange {
  readonly method: string
  readonly resolve: (response: RawResponse) => void
  readonly reject: (error: Error) => void
}

/**
 * A connection to stripe-mock that is kept open, for one request after the other. Every call
 * to the emulator waits for one more call to stripe-mock: this takes half the time that
 * Node's own client takes for it.
 */
export class Connection {
  readonly #socket: Socket
  #exchange: Exchange | undefined
  #bytes: Buffer = NOTHING
  #isOpen = true

  /** @param url `http:`, `https:`, or `unix:` with the path of a socket. */
  constructor(url: URL) {
    this.#socket = connectTo(url)
    this.#socket.on('data', (chunk) => {
      this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
      this.#read(false)
    })
    this.#socket.on('end', () => this.#read(true))
    this.#socket.on('timeout', () => {
      this.#socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`))
    })
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => {
      this.#fail(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
    })
  }

  /** Whether another request can be sent. */
  get isIdle(): boolean {
    return this.#isOpen && this.#exchange === undefined
  }

  /** @param head The request line and the headers, each with its end of line. */
  send(method: string, head: string, body: Buffer): Promise<RawResponse> {
    return new Promise((resolve, reject) => {
      this.#exchange = { method, resolve, reject }
      this.#socket.setTimeout(TIMEOUT_MS)
      this.#socket.write(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]))
    })
  }

  close(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  #read(isEnd: boolean): void {
    if (this.#exchange === undefined) {
      // What nobody has asked for is not to be the answer to the next request.
      this.close()
      return
    }
    const { method, resolve } = this.#exchange
    try {
      const response = readResponse(this.#bytes, method, isEnd)
      if (response === undefined) return
      this.#exchange = undefined
      this.#bytes = NOTHING
      this.#socket.setTimeout(0)
      if (!response.isKeptAlive) this.close()
      resolve(response)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.close()
    exchange?.reject(error)
  }
}

function connectTo({ protocol, hostname, port, pathname }: URL): Socket {
  if (protocol === 'unix:') return connect(decodeURIComponent(pathname))
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'https:'
    ? connectSecurely({ host, port: Number(port || 443), servername: host })
    : connect({ host, port: Number(port || 80), noDelay: true })
}

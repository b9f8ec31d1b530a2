import { once } from 'node:events'
import net from 'node:net'

/** Every so many-th message that ends a transaction is the last of its connection. */
const CUT_EVERY = 12

/**
 * Stands between an application and PostgreSQL, and cuts connections where it hurts: when
 * the server has got a commit, and its answer has not come back.
 */
export class CuttingProxy {
  readonly #server: net.Server
  readonly #sockets = new Set<net.Socket>()
  readonly #target: URL
  #ends = 0
  isCutting = false
  cuts = 0

  constructor(target: string) {
    this.#target = new URL(target)
    this.#server = net.createServer((socket) => this.#serve(socket))
  }

  /** Gives the URL of the database through the proxy. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    const url = new URL(this.#target)
    url.port = String((this.#server.address() as net.AddressInfo).port)
    return url.href
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #serve(client: net.Socket): void {
    const database = net.connect(Number(this.#target.port), '127.0.0.1')
    let isCut = false
    for (const socket of [client, database]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        database.end()
        client.destroy()
      })
    }
    client.on('data', (bytes) => {
      database.write(bytes)
      if (!this.isCutting || isCut || !endsTransaction(bytes)) return
      this.#ends += 1
      if (this.#ends % CUT_EVERY > 0) return
      isCut = true
      this.cuts += 1
      // The answer still reaches this end of the line: by then it is committed.
      database.once('data', () => client.destroy())
    })
    database.on('data', (bytes) => {
      if (!isCut) client.write(bytes)
    })
  }
}

/** A `COMMIT`, or a statement outside of a transaction, which ends with the message Sync. */
function endsTransaction(bytes: Buffer): boolean {
  return bytes.includes('COMMIT') || bytes.subarray(-5).equals(SYNC)
}

const SYNC = Buffer.from([0x53, 0, 0, 0, 4])

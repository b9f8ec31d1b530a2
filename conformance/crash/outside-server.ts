// Everybody outside of the application: Stripe's API, and a server that takes mail.
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Chooser } from '../fuzz/chooser.ts'
import type { EventLog } from './event-log.ts'

/** How often it was told to do something by a message, by the message's key. */
export type Mails = ReadonlyMap<string, number>

export class OutsideServer {
  readonly #server: http.Server
  readonly #log: EventLog
  readonly #chooser: Chooser
  readonly #mails = new Map<string, number>()
  /** From now on nothing fails. */
  isCalm = false

  constructor(log: EventLog, chooser: Chooser) {
    this.#log = log
    this.#chooser = chooser
    this.#server = http.createServer((request, response) => {
      const { status, body } = this.#answer(
        new URL(request.url ?? '', 'http://localhost'),
      )
      setTimeout(() => {
        response
          .writeHead(status, { 'content-length': Buffer.byteLength(body) })
          .end(body)
      }, this.#delay())
    })
  }

  get mails(): Mails {
    return this.#mails
  }

  async listen(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Some answers are overtaken by later ones. */
  #delay(): number {
    return this.#chooser.below(this.#chooser.oneIn(3) ? 60 : 4)
  }

  /** As it is at this moment, although it is told later. */
  #answer({ pathname, searchParams }: URL): { status: number; body: string } {
    if (pathname === '/mail') {
      const key = searchParams.get('key') ?? ''
      this.#mails.set(key, (this.#mails.get(key) ?? 0) + 1)
      return { status: 200, body: '' }
    }
    if (!this.isCalm && this.#chooser.oneIn(50)) return { status: 500, body: '' }
    const object = this.#log.fetch(pathname.slice(pathname.lastIndexOf('/') + 1))
    return object === undefined
      ? { status: 404, body: '' }
      : { status: 200, body: JSON.stringify(object) }
  }
}

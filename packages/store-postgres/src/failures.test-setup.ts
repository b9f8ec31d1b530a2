import { connect as connectTo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Proxy {
  /** The same database by way of the proxy. */
  readonly url: string
  /** From now on cuts a connection as soon as the answer to a text that has this in it would come. */
  readonly cutAnswersTo: (part: string | undefined) => void
  /** Lets nothing more through on the connections that there are. */
  readonly stall: () => void
}

/** Stands between a store and its server. */
export async function startProxy(url: string): Promise<Proxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let cutPart: string | undefined
  let age = 0
  const server = createServer((client) => {
    const upstream = connectTo(Number(target.port), target.hostname)
    const born = age
    let isDoomed = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (bytes) => {
      isDoomed ||= cutPart !== undefined && bytes.includes(cutPart)
      if (born === age) upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isDoomed) client.destroy()
      else if (born === age) client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const place = new URL(url)
  place.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: place.href,
    cutAnswersTo(part) {
      cutPart = part
    },
    stall() {
      age += 1
    },
  }
}

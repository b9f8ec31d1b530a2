import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpRequest } from './http-message.ts'
import { createKeepAliveAgent, send } from './send.ts'

let server: Server | undefined
afterEach(() => server?.close().closeAllConnections())

/** Answers with what it was sent, and on which connection. */
async function start(host: string): Promise<string> {
  const ports = new Set<number | undefined>()
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('hex')
    ports.add(request.socket.remotePort)
    response.end(JSON.stringify([request.url, request.headers.host, body, ports.size]))
  }).listen(0, host)
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
}

const request: HttpRequest = {
  method: 'POST',
  path: '/webhooks/stripe?a=b',
  headers: [['X-Name', 'value']],
  body: Buffer.of(0xff, 0x00, 0x41),
  framing: 'chunked',
  cuts: [1, 2],
}
const options = { timeoutMs: 2_000, origin: performance.now() }

describe('send', () => {
  it.each(['127.0.0.1', '::1'])(
    'reaches a target on %s, below a path of its own, with exactly these bytes',
    async (host) => {
      const url = await start(host)
      const { response } = await send(`${url}/app/`, request, options)
      expect(JSON.parse(response?.body ?? '')).toEqual([
        '/app/webhooks/stripe?a=b',
        new URL(url).host,
        'ff0041',
        1,
      ])
    },
  )

  it('opens a connection for each request, unless an agent keeps one', async () => {
    const url = await start('127.0.0.1')
    const connections = async (agent?: ReturnType<typeof createKeepAliveAgent>) => {
      const { response } = await send(url, request, {
        ...options,
        ...(agent && { agent }),
      })
      return JSON.parse(response?.body ?? '')[3]
    }
    expect([await connections(), await connections()]).toEqual([1, 2])
    const agent = createKeepAliveAgent(url)
    expect([await connections(agent), await connections(agent)]).toEqual([3, 3])
    agent.destroy()
  })

  it('says why no answer came', async () => {
    const url = await start('127.0.0.1')
    server?.removeAllListeners('request')
    const { error } = await send(url, request, { ...options, timeoutMs: 20 })
    expect(error).toBe('no answer within 20 ms')
    const refused = await send('http://127.0.0.1:9', request, options)
    expect(refused.error).toContain('ECONNREFUSED')
  })
})

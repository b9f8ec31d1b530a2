import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { isBillingError, type Reply } from '@countersign/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type KeptBody, sendReply, toInbound } from './index.ts'

type Message = import('node:http').IncomingMessage

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

interface Options {
  readonly limitBytes?: number
  readonly signal?: AbortSignal
  /** What a parser did before. */
  readonly before?: (request: Message) => Promise<unknown> | undefined
  readonly kept?: Partial<KeptBody>
}

/** A server that answers with what reading the body gave: its bytes, or the code of the error. */
async function start({ limitBytes = 1_000, signal, before, kept = {} }: Options = {}) {
  const outcomes: string[] = []
  const server = createServer(async (request, response) => {
    const parsing = before?.(request)
    if (parsing !== undefined) await parsing
    const inbound = toInbound(request, () => ({
      candidates: [],
      advice: 'Do this.',
      ...kept,
    }))
    let reply: Reply
    try {
      const body = await inbound.readBody({
        limitBytes,
        signal: signal ?? new AbortController().signal,
      })
      reply = {
        status: 200,
        headers: { 'x-length': `${body.length}` },
        body: Buffer.from(body).toString(),
      }
    } catch (error) {
      if (!isBillingError(error)) throw error
      outcomes.push(error.code)
      const status = { body_already_read: 500, body_inexact: 400 }[error.code as string]
      reply = { status: status ?? 413, headers: {}, body: error.message, close: true }
    }
    server.emit('outcome')
    sendReply(request, response, reply)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, outcomes, port, url: `http://127.0.0.1:${port}` }
}

const post = (url: string, body: BodyInit) =>
  fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit)

describe('toInbound', () => {
  it('gives the bytes of a body in one piece, in many, and of none', async () => {
    const { url } = await start()
    expect(await (await post(url, 'Zoë 😀')).text()).toBe('Zoë 😀')
    const chunks = new ReadableStream({
      start(controller) {
        for (const byte of Buffer.from('Zoë 😀')) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await (await post(url, chunks)).text()).toBe('Zoë 😀')
    expect((await post(url, '')).headers.get('x-length')).toBe('0')
  })

  it('shows a header that came twice as both', async () => {
    const server = createServer((request, response) => {
      const inbound = toInbound(request, () => ({ candidates: [], advice: '' }))
      response.end(
        `${inbound.method} ${inbound.header('stripe-signature')} ${inbound.header('x-none')}`,
      )
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const request = httpRequest({
      port,
      headers: { 'Stripe-Signature': ['a', 'b'] },
    }).end()
    const [response] = await once(request, 'response')
    expect(String(await response.setEncoding('utf8').toArray())).toBe(
      'GET a, b undefined',
    )
  })

  it('refuses a body over the limit, declared or not, and its sender gets to read why', async () => {
    const { url, outcomes } = await start({ limitBytes: 1_000 })
    const declared = await post(url, 'x'.repeat(5_000_000))
    expect(declared.status).toBe(413)
    const chunks = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 50; index++)
          controller.enqueue(new Uint8Array(100_000))
        controller.close()
      },
    })
    const undeclared = await post(url, chunks)
    expect(undeclared.status).toBe(413)
    expect(undeclared.headers.get('connection')).toBe('close')
    expect(outcomes).toEqual(['body_too_large', 'body_too_large'])
  })

  it('refuses a declared length without waiting for the body', async () => {
    const { port } = await start({ limitBytes: 10 })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n')
    const [head] = await once(socket, 'data')
    expect(String(head)).toMatch(/^HTTP\/1\.1 413/)
    socket.destroy()
  })

  it('stops at the deadline', async () => {
    const deadline = new AbortController()
    const { server, port, outcomes } = await start({ signal: deadline.signal })
    const socket = connect(port, '127.0.0.1')
    const arrival = once(server, 'request')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhalf')
    await arrival
    deadline.abort()
    await once(server, 'outcome')
    expect(outcomes).toEqual(['body_too_late'])
    socket.destroy()
  })

  it('calls a body aborted whose sender goes away, and the next request works', async () => {
    const { server, port, url, outcomes } = await start()
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhalf')
    const [request] = await once(server, 'request')
    await vi.waitFor(() => expect(request.readableDidRead).toBe(true))
    const outcome = once(server, 'outcome')
    socket.resetAndDestroy()
    await outcome
    expect(outcomes).toEqual(['body_aborted'])
    expect((await post(url, 'next')).status).toBe(200)
  })

  it('calls it so too when the sender was gone before the body was asked for', async () => {
    const { server, port, outcomes } = await start({
      before: (request) => new Promise((resolve) => request.once('close', resolve)),
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhalf')
    await once(server, 'request')
    const outcome = once(server, 'outcome')
    socket.resetAndDestroy()
    await outcome
    expect(outcomes).toEqual(['body_aborted'])
  })
})

describe('toInbound after something that has touched the request', () => {
  it('reads a stream that was paused', async () => {
    const { url } = await start({ before: async (request) => request.pause() })
    expect(await (await post(url, 'paused')).text()).toBe('paused')
  })

  it('takes text only when it stands for exactly the bytes that were sent', async () => {
    const before = async (request: import('node:http').IncomingMessage) =>
      request.setEncoding('utf8')
    const { url } = await start({ before })
    expect(await (await post(url, 'Zoë 😀')).text()).toBe('Zoë 😀')
    const invalid = await post(url, Uint8Array.of(0x7b, 0xff, 0x7d))
    expect(invalid.status).toBe(400)
    expect(await invalid.text()).toMatch(/Do this\.$/)
  })

  it('calls a body aborted that was whole when its stream was destroyed unread', async () => {
    const { url, outcomes } = await start({
      before: async (request) => {
        await new Promise(setImmediate)
        request.destroy()
      },
    })
    await post(url, 'lost').catch(() => {})
    expect(outcomes).toEqual(['body_aborted'])
  })
})

describe('toInbound beside somebody who reads the same request', () => {
  const sizes = [300, 400_000]
  /** In the same turn: nothing is waited for. */
  const begun = (begin: (request: Message) => unknown) => (request: Message) => {
    begin(request)
    return undefined
  }

  it.each(
    sizes.flatMap((size) => [
      [size, 'collects it', begun((request) => void request.toArray())] as const,
      [size, 'listens to it', begun((request) => request.on('data', () => {}))] as const,
      [
        size,
        'reads when it is readable',
        begun((request) => request.on('readable', () => request.read())),
      ] as const,
    ]),
  )('has all %i bytes although somebody %s', async (size, _, before) => {
    const { url } = await start({ limitBytes: 1_000_000, before })
    const body = 'x'.repeat(size)
    expect(await (await post(url, body)).text()).toBe(body)
  })

  it.each(sizes)('says so when %i bytes were taken in the same turn', async (size) => {
    const { url, outcomes } = await start({
      limitBytes: 1_000_000,
      before: begun((request) => process.nextTick(() => request.resume())),
    })
    expect((await post(url, 'x'.repeat(size))).status).toBe(500)
    expect(outcomes).toEqual(['body_already_read'])
  })
})

describe('toInbound after a body parser', () => {
  const parsed = (request: import('node:http').IncomingMessage) =>
    request.resume().toArray()

  it('takes the bytes that it kept', async () => {
    const body = Buffer.from('{"kept":true}')
    const { url } = await start({ before: parsed, kept: { candidates: [body] } })
    expect(await (await post(url, body)).text()).toBe('{"kept":true}')
  })

  it('refuses kept bytes over the limit', async () => {
    const body = Buffer.alloc(20)
    const { url, outcomes } = await start({
      before: parsed,
      limitBytes: 19,
      kept: { candidates: [body] },
    })
    const chunked = new Blob([body]).stream()
    expect((await post(url, chunked)).status).toBe(413)
    expect(outcomes).toEqual(['body_too_large'])
  })

  it('says what to do when nothing was kept', async () => {
    const { url } = await start({
      before: parsed,
      kept: { candidates: [{ parsed: true }] },
    })
    const response = await post(url, '{"parsed":true}')
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(/was read before .* Do this\.$/)
  })

  it('knows that an empty body has no bytes to lose', async () => {
    const { url } = await start({ before: parsed, kept: { candidates: [{}] } })
    expect((await post(url, '')).headers.get('x-length')).toBe('0')
  })
})

describe('sendReply', () => {
  it.each([
    [200, 'its body'],
    [400, 'no answer'],
  ])(
    'after headers that somebody has sent with a 200, a %i is %s',
    async (status, expected) => {
      const server = createServer((request, response) => {
        response.flushHeaders()
        sendReply(request, response, { status, headers: {}, body: 'its body' })
      }).listen(0, '127.0.0.1')
      servers.push(server)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const text = fetch(`http://127.0.0.1:${port}`).then((response) => response.text())
      expect(await text.catch(() => 'no answer')).toBe(expected)
    },
  )

  it('leaves an answer alone that has been given already', async () => {
    const server = createServer((request, response) => {
      response.writeHead(202).end('first')
      sendReply(request, response, { status: 200, headers: {}, body: 'second' })
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}`)
    expect([response.status, await response.text()]).toEqual([202, 'first'])
  })
})

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fetchWebhook } from '../fetch.ts'
import { createBilling, type Logger, memoryStore } from '../index.ts'

const SECRET = 'whsec_test'
const URL = 'https://shop.example/webhooks/stripe'

const text = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  api_version: null,
  created: 1,
  data: { object: { id: 'in_1' } },
  livemode: false,
  type: 'invoice.paid',
})

function signed(
  body: BodyInit | null,
  over: string = text,
  headers: Record<string, string> = {},
): Request {
  const timestamp = Math.floor(Date.now() / 1000)
  const v1 = createHmac('sha256', SECRET).update(`${timestamp}.${over}`).digest('hex')
  return new Request(URL, {
    method: 'POST',
    headers: { 'stripe-signature': `t=${timestamp},v1=${v1}`, ...headers },
    body,
    duplex: 'half',
  } as RequestInit)
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

function setUp(limits: { bodyBytes?: number; bodyTimeoutMs?: number } = {}) {
  const errors: string[] = []
  const log = () => {}
  const logger: Logger = {
    debug: log,
    info: log,
    warn: log,
    error: (line) => void errors.push(line),
  }
  const billing = createBilling({
    mode: 'test',
    webhookSecrets: [SECRET],
    store: memoryStore(),
    onEvent: () => {},
    logger,
    limits,
  })
  const post = fetchWebhook(billing, { advice: 'Write this line.' })
  return { errors, post: async (request: Request) => (await post(request)).status }
}

const bytes = new TextEncoder().encode(text)

describe('fetchWebhook', () => {
  it('reads a body in one piece, in many, and none', async () => {
    const { post } = setUp()
    expect(await post(signed(text))).toBe(200)
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect(await post(signed(streamOf(...single)))).toBe(200)
    expect(await post(signed(null))).toBe(400)
  })

  it("answers with the core's own headers and body", async () => {
    const { errors } = setUp()
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: [SECRET],
      store: memoryStore(),
    })
    const response = await fetchWebhook(billing)(
      new Request(URL, { method: 'PUT', body: '{}' }),
    )
    expect(response.status).toBe(405)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      allow: 'POST',
      connection: 'close',
    })
    expect(await response.json()).toEqual({ error: 'method_not_allowed' })
    expect(errors).toEqual([])
  })

  it('stops at the limit, whatever length was declared', async () => {
    const { post } = setUp({ bodyBytes: text.length })
    expect(await post(signed(text))).toBe(200)
    expect(await post(signed(`${text} `))).toBe(413)
    expect(await post(signed(`${text} `, text, { 'content-length': '1' }))).toBe(413)
    expect(await post(signed(streamOf(bytes, Uint8Array.of(32))))).toBe(413)
  })

  it('takes the rest of a body in before it refuses it, and keeps none of it', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1
          if (pulled === 100) controller.close()
          else controller.enqueue(new Uint8Array(1_024))
        },
      },
      { highWaterMark: 0 },
    )
    const { post } = setUp({ bodyBytes: 2_048 })
    expect(await post(signed(endless))).toBe(413)
    expect(pulled).toBe(100)
  })

  it('waits for the rest of a body that is too large until the deadline only', async () => {
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(4_096)),
    })
    const { post } = setUp({ bodyBytes: 2_048, bodyTimeoutMs: 10 })
    expect(await post(signed(stalled))).toBe(413)
  })

  it('gives up on a body that does not come, and leaves its connection for the answer', async () => {
    let cancelled = false
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.subarray(0, 10)),
      cancel() {
        cancelled = true
      },
    })
    const { post } = setUp({ bodyTimeoutMs: 10 })
    expect(await post(signed(stalled))).toBe(408)
    expect(cancelled).toBe(false)
  })

  it('reads no further after its deadline', async () => {
    let pulled = 0
    const trickling = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          pulled += 1
          await new Promise((resolve) => setTimeout(resolve, 3))
          if (pulled < 1_000) controller.enqueue(Uint8Array.of(32))
        },
      },
      { highWaterMark: 0 },
    )
    const { post } = setUp({ bodyTimeoutMs: 15 })
    expect(await post(signed(trickling))).toBe(408)
    const before = pulled
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(pulled).toBeLessThanOrEqual(before + 1)
  })

  it('has nobody to tell of a body that breaks off after its deadline', async () => {
    let fail = () => {}
    const stalled = new ReadableStream<Uint8Array>({
      start(controller) {
        fail = () => controller.error(new Error('socket hang up'))
      },
    })
    const { post } = setUp({ bodyTimeoutMs: 10 })
    expect(await post(signed(stalled))).toBe(408)
    fail()
    await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('calls a body that breaks off aborted', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 10))
        controller.error(new Error('socket hang up'))
      },
    })
    const { post, errors } = setUp()
    expect(await post(signed(broken))).toBe(400)
    expect(errors).toEqual([])
  })

  it('says what to change when the body was read before', async () => {
    const { post, errors } = setUp()
    const used = signed(text)
    await used.text()
    expect(await post(used)).toBe(500)
    expect(await post(signed(null, text, { 'content-length': '200' }))).toBe(500)
    const locked = signed(text)
    locked.body?.getReader()
    expect(await post(locked)).toBe(500)
    expect(errors).toEqual(Array(3).fill(expect.stringContaining('Write this line.')))
  })

  it('rejects only when the billing cannot be made', async () => {
    const post = fetchWebhook(() => {
      throw new Error('no secret')
    })
    await expect(post(signed(text))).rejects.toThrow('no secret')
  })
})

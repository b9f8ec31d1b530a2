import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import type { Inbound, Rejection } from '../index.ts'
import { eventOf, NOW, SECRET, setUp } from '../webhooks/receive.test-setup.ts'

const seconds = NOW / 1000
/** As Stripe writes it, with a character of more than one byte. */
const text = JSON.stringify(
  eventOf({ data: { object: { id: 'in_1', name: 'Zoë Å\u0097' } } }),
  null,
  2,
)

function sign(body: string | Uint8Array, at = seconds, secret = SECRET): string {
  const v1 = createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')
  return `t=${at},v1=${v1}`
}

function posted(
  body: string | Uint8Array,
  header: string | undefined = sign(text),
  headers: Readonly<Record<string, string>> = {},
): Partial<Inbound> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const all: Record<string, string | undefined> = {
    'content-length': String(bytes.length),
    ...headers,
    'stripe-signature': header,
  }
  return { header: (name) => all[name], readBody: async () => bytes }
}

/** Receives one webhook, and gives what the doctor said of it. */
async function examine(request: Partial<Inbound>) {
  const onRejected = vi.fn<(rejection: Rejection) => void>()
  const { receive, lines, examined } = setUp({ onEvent: () => {}, onRejected })
  const reply = await receive(undefined, request)
  expect(lines, 'said before the answer').toEqual([])
  expect(onRejected).not.toHaveBeenCalled()
  await examined()
  expect(onRejected).toHaveBeenCalledTimes(1)
  expect(lines).toHaveLength(1)
  const [rejection] = onRejected.mock.calls[0] ?? expect.fail()
  return { reply, rejection, line: lines[0]?.message ?? '' }
}

const latin1 = (value: string) => Buffer.from(value, 'latin1')
const foreign = (body: string) => sign(body, seconds, 'whsec_of_another_endpoint')

describe('the doctor', () => {
  it.each<[string, Partial<Inbound>, Partial<Rejection>]>([
    ['no header', posted(text, ''), { cause: 'malformed_header' }],
    [
      'no header at all',
      { ...posted(text), header: () => undefined },
      { cause: 'no_header', proven: true },
    ],
    [
      'two headers',
      posted(text, `${sign(text)}, ${foreign(text)}`),
      { cause: 'two_headers', proven: true },
    ],
    ['a malformed header', posted(text, 'v1=abc'), { cause: 'malformed_header' }],
    [
      'a header with white space',
      posted(text, sign(text).replace(',', ', ')),
      { cause: 'malformed_header' },
    ],
    [
      'a clock that is behind',
      posted(text, sign(text, seconds + 3_600)),
      { cause: 'clock_skew', proven: true, ageSeconds: -3_600 },
    ],
    [
      'a replay',
      posted(text, sign(text, seconds - 301)),
      { cause: 'stale_signature', proven: true, ageSeconds: 301 },
    ],
    ['no body', posted(''), { cause: 'empty_body', proven: true }],
    ['gzip', posted(gzipSync(text)), { cause: 'compressed_body', proven: true }],
    [
      'a byte order mark',
      posted(`\ufeff${text}`),
      { cause: 'byte_order_mark', proven: true },
    ],
    [
      'a line break at the end',
      posted(`${text}\n`),
      { cause: 'newline_changed', proven: true },
    ],
    [
      'a line break that is gone',
      posted(text, sign(`${text}\n`)),
      { cause: 'newline_changed', proven: true },
    ],
    [
      'line breaks of Windows',
      posted(text.replaceAll('\n', '\r\n')),
      { cause: 'newline_changed', proven: true },
    ],
    [
      'line breaks of Unix',
      posted(text, sign(text.replaceAll('\n', '\r\n'))),
      { cause: 'newline_changed', proven: true },
    ],
    [
      'UTF-8 that was read as Latin-1',
      posted(Buffer.from(text).toString('latin1')),
      { cause: 'charset_changed', proven: true },
    ],
    [
      'UTF-8 that was read as Windows-1252',
      posted(new TextDecoder('windows-1252').decode(Buffer.from(text))),
      { cause: 'charset_changed', proven: true },
    ],
    [
      'a body that was written as Latin-1',
      posted(latin1(text)),
      { cause: 'charset_changed', proven: true },
    ],
    [
      'bytes that were replaced',
      posted(text.replace('ë', '\ufffd')),
      { cause: 'charset_changed', proven: false },
    ],
    [
      'a body that was parsed and written in one line',
      posted(JSON.stringify(JSON.parse(text))),
      { cause: 'reserialised_body', proven: true },
    ],
    [
      'a body that was parsed and indented',
      posted(text, sign(JSON.stringify(JSON.parse(text)))),
      { cause: 'reserialised_body', proven: true },
    ],
    [
      'a body of another length than was declared',
      posted(text.replace(/\s/g, ''), sign(text.replace('"in_1"', '"\\u0069n_1"')), {
        'content-length': '999',
      }),
      { cause: 'cut_body' },
    ],
    [
      'a body that is longer than was declared',
      posted(text, foreign(text), { 'content-length': '20' }),
      {
        cause: 'reserialised_body',
        proven: false,
        hints: [
          `Content-Length says 20 bytes, and ${Buffer.byteLength(text)} were there`,
        ],
      },
    ],
    ['a body that was cut', posted(text.slice(0, 100)), { cause: 'cut_body', hints: [] }],
    ['another secret', posted(text, foreign(text)), { cause: 'wrong_secret', hints: [] }],
    [
      'another secret, of test mode or the CLI',
      posted(text, `${foreign(text)},v0=${'a'.repeat(64)}`),
      { cause: 'wrong_secret', hints: [expect.stringContaining('stripe listen')] },
    ],
    [
      'another secret, of the other mode and of Connect',
      posted(
        JSON.stringify(eventOf({ livemode: true, account: 'acct_1' })),
        sign(text, seconds, 'whsec_2'),
      ),
      {
        cause: 'wrong_secret',
        hints: [
          expect.stringContaining('live mode'),
          expect.stringContaining('Connect'),
          expect.stringContaining('one line'),
        ],
      },
    ],
    ['somebody else', posted('{"user":"admin"}'), { cause: 'unknown_sender' }],
    ['somebody who sends a form', posted('user=admin'), { cause: 'unknown_sender' }],
  ])('recognises %s', async (_, request, expected) => {
    const { reply, rejection, line } = await examine(request)
    expect(rejection).toMatchObject(expected)
    expect(line).toContain(rejection.what)
    expect(line).toContain(rejection.cure)
    for (const hint of rejection.hints) expect(line).toContain(hint)
    expect(reply).toMatchObject({ status: 400, outcome: 'signature_invalid' })
    expect(reply.body).toBe('{"error":"signature_invalid"}')
  })

  it('says by how much a clock is off', async () => {
    expect((await examine(posted(text, sign(text, seconds + 7_200)))).line).toContain(
      '(7200 seconds ahead)',
    )
    expect((await examine(posted(text, sign(text, seconds - 400)))).line).toContain(
      '(400 seconds ago)',
    )
  })

  it('quotes no signature that would verify, no secret and no body', async () => {
    const { receive, lines, examined } = setUp({ onEvent: () => {} })
    const header = sign(text)
    await receive(undefined, posted(`${text}\n`, header))
    await receive(undefined, posted(text, foreign(text)))
    await receive(undefined, posted(text.slice(0, 50), header))
    await examined()
    expect(lines).toHaveLength(3)
    const logged = JSON.stringify(lines)
    for (const secret of [SECRET, header.slice(-64), 'Zoë', 'in_1', 'evt_1'])
      expect(logged).not.toContain(secret)
  })
})

describe('the doctor, under a flood', () => {
  function onClock() {
    let now = NOW
    let pending: (() => void)[] = []
    const set = setUp({
      onEvent: () => {},
      clock: {
        now: () => now,
        setTimeout: (callback, delayMs) => {
          if (delayMs === 0) pending.push(callback)
        },
        clearTimeout: () => {},
      },
    })
    const flood = async (request: () => Partial<Inbound>, times: number) => {
      for (let index = 0; index < times; index++) await set.receive(undefined, request())
      const looks = pending.length
      for (const look of pending) look()
      pending = []
      await new Promise((resolve) => setTimeout(resolve, 5))
      return looks
    }
    const pass = (milliseconds: number) => {
      now += milliseconds
    }
    return { ...set, flood, pass }
  }

  it('says each cause once in ten seconds, and how many webhooks were refused', async () => {
    const { flood, lines, pass } = onClock()
    const wrong = () => posted(text, foreign(text))
    await flood(wrong, 100)
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { cause: 'wrong_secret', refused: 100 },
    ])
    pass(9_999)
    await flood(wrong, 50)
    expect(lines).toHaveLength(1)
    pass(1)
    await flood(wrong, 2)
    await flood(() => posted(`${text}\n`), 2)
    expect(lines.map(({ fields }) => fields?.cause)).toEqual([
      'wrong_secret',
      'wrong_secret',
      'newline_changed',
    ])
  })

  it('looks at few of them only', async () => {
    const { flood, pass } = onClock()
    const wrong = () => posted(text, foreign(text))
    expect(await flood(wrong, 1_000)).toBe(8)
    expect(await flood(wrong, 1_000)).toBe(0)
    pass(10_000)
    expect(await flood(wrong, 1_000)).toBe(8)
  })

  it('is not silenced by a clock that was put back', async () => {
    const { flood, lines, pass } = onClock()
    await flood(() => posted(text, foreign(text)), 1)
    pass(-3_600_000)
    await flood(() => posted(text, foreign(text)), 1)
    expect(lines).toHaveLength(2)
  })
})

it('the doctor may do harm to nothing when it cannot look, and says so once', async () => {
  const { receive, lines, examined } = setUp({})
  for (let index = 0; index < 3; index++) {
    await receive(undefined, {
      header: (name) => {
        if (name === 'content-length') throw new Error('the request is gone')
        return undefined
      },
    })
  }
  await examined()
  expect(lines).toMatchObject([
    { level: 'error', message: 'why a webhook was refused was not found' },
  ])
})

describe('onRejected', () => {
  it.each<[string, () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('may do harm to nothing when it %s', async (_, onRejected) => {
    const { receive, lines, examined } = setUp({ onRejected })
    await receive(undefined, posted(text, foreign(text)))
    await examined()
    expect(lines.map(({ message }) => message)).toContain('onRejected failed')
  })

  it('is told of a body that was not read, and of what is no event', async () => {
    const onRejected = vi.fn<(rejection: Rejection) => void>()
    const { receive, examined } = setUp({ onRejected })
    await receive(undefined, posted(text, sign(text), { 'content-encoding': 'gzip' }))
    await receive('{}')
    await examined()
    expect(onRejected.mock.calls.map(([{ cause }]) => cause)).toEqual([
      'body_encoded',
      'not_an_event',
    ])
  })
})

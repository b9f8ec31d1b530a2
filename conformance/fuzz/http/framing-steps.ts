import type { Chooser } from '../chooser.ts'
import { type Draft, dropHeader, headerOf, setHeader } from './draft.ts'
import type { MessageSteps } from './step.ts'

/** Steps in how the end of the body is told. */
export const framingSteps: MessageSteps = {
  chunked: {
    meaning: 'same',
    apply: (draft, choose) => sendChunked(draft, inChunks(draft.body, choose)),
  },
  'chunked-with-trailers': {
    meaning: 'same',
    apply: (draft, choose) => {
      const trailers = choose.of(['X-A: b\r\n', 'X-A: b\r\nX-B: \u00ff\r\n'])
      sendChunked(draft, inChunks(draft.body, choose), trailers)
    },
  },
  'signature-in-a-trailer': {
    meaning: 'refused',
    apply: (draft, choose) => {
      const signature = headerOf(draft, 'Stripe-Signature')
      dropHeader(draft, 'Stripe-Signature')
      const trailer = `Stripe-Signature: ${signature}\r\n`
      sendChunked(draft, inChunks(draft.body, choose), trailer)
    },
  },
  'content-length': {
    meaning: 'any',
    apply: (draft, choose) => {
      const { length } = draft.payload
      const off = 1 + choose.below(length)
      const values = [
        `${length - off}`,
        `${length + off}`,
        '0',
        '',
        `+${length}`,
        `-${length}`,
        `0${length}`,
        `0x${length.toString(16)}`,
        `${length}.0`,
        `${length}, ${length}`,
        `${length} ${length}`,
        `${length}a`,
        '1048576',
        '1048577',
        '99999999999',
        '18446744073709551616',
        '99999999999999999999999999',
        'NaN',
        '\u00b2',
      ] as const
      setHeader(draft, 'Content-Length', choose.of(values))
    },
  },
  'content-length-twice': {
    meaning: 'any',
    apply: (draft, choose) => {
      const { length } = draft.payload
      const value = choose.of([`${length}`, `${length - 1}`, `${length + 1}`, '0', 'x'])
      draft.headers.splice(choose.below(4), 0, ['Content-Length', value])
    },
  },
  'content-length-missing': {
    meaning: 'any',
    apply: (draft) => dropHeader(draft, 'Content-Length'),
  },
  'both-framings': {
    meaning: 'any',
    apply: (draft, choose) => {
      const length = headerOf(draft, 'Content-Length')
      if (choose.oneIn(2)) sendChunked(draft, inChunks(draft.body, choose))
      else setHeader(draft, 'Transfer-Encoding', 'chunked')
      draft.headers.splice(choose.below(4), 0, ['Content-Length', length])
    },
  },
  'transfer-encoding': {
    meaning: 'any',
    apply: (draft, choose) => {
      if (choose.oneIn(2)) sendChunked(draft, inChunks(draft.body, choose))
      const values = [
        'chunked, chunked',
        'identity',
        'gzip, chunked',
        'chunked, gzip',
        'xchunked',
        'Chunked',
        'chunked;a=b',
        '\u000bchunked',
        'chunked,',
        ',chunked',
        '',
      ] as const
      setHeader(draft, 'Transfer-Encoding', choose.of(values))
    },
  },
  'broken-chunk': {
    meaning: 'any',
    apply: (draft, choose) => {
      const chunks = inChunks(draft.body, choose)
      const at = choose.below(chunks.length)
      const chunk = chunks[at]
      if (chunk === undefined) return
      const { data } = chunk
      chunks[at] = choose.of([
        { ...chunk, size: (data.length + 1).toString(16) },
        { ...chunk, size: Math.max(0, data.length - 1).toString(16) },
        { ...chunk, size: '0' },
        { ...chunk, size: '' },
        { ...chunk, size: 'g' },
        { ...chunk, size: `-${chunk.size}` },
        { ...chunk, size: `+${chunk.size}` },
        { ...chunk, size: `0x${chunk.size}` },
        { ...chunk, size: ` ${chunk.size}` },
        { ...chunk, size: `${chunk.size} ` },
        { ...chunk, size: 'ffffffff' },
        { ...chunk, size: 'ffffffffffffffff' },
        { ...chunk, size: 'fffffffffffffffff' },
        { ...chunk, size: `${chunk.size};${'a'.repeat(20_000)}` },
        { ...chunk, size: `${chunk.size};a="\u0000"` },
        { ...chunk, end: '' },
        { ...chunk, end: '\n' },
        { ...chunk, end: '\r' },
        { ...chunk, end: 'xx' },
        { ...chunk, end: '\r\n\r\n' },
        { ...chunk, lineEnd: '\n' },
        { ...chunk, lineEnd: '\r' },
      ])
      sendChunked(draft, chunks)
    },
  },
  'broken-last-chunk': {
    meaning: 'any',
    apply: (draft, choose) => {
      sendChunked(draft, inChunks(draft.body, choose))
      const end = choose.of([
        '',
        '0',
        '0\r\n',
        '\r\n',
        '0\n\n',
        '00000000000000000\r\n\r\n',
        '0\r\nX\r\n\r\n',
        '0\r\n: \u0000\r\n\r\n',
        `0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
        '0\r\n\r\n0\r\n\r\n',
        '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
        '1\r\n}\r\n0\r\n\r\n',
      ])
      const whole = draft.payload.subarray(0, -5)
      draft.payload = Buffer.concat([whole, Buffer.from(end, 'latin1')])
    },
  },
  'extra-data': {
    meaning: 'any',
    apply: (draft, choose) => {
      const data = choose.of(['x', '\r\n', '\u0000', '}\n', 'POST ', 'x'.repeat(5_000)])
      draft.payload = Buffer.concat([draft.payload, Buffer.from(data)])
    },
  },
}

interface Chunk {
  readonly size: string
  readonly lineEnd: string
  readonly data: Buffer
  readonly end: string
}

function inChunks(body: Buffer, choose: Chooser): Chunk[] {
  const chunks: Chunk[] = []
  const longest = choose.of([1_000_000, 100, 10, 1])
  for (let start = 0; start < body.length; start += longest) {
    const data = body.subarray(start, start + longest)
    const hex = data.length.toString(16)
    const size = choose.of([hex, hex, hex, hex.toUpperCase(), `000${hex}`, `${hex};a=b`])
    chunks.push({ size, lineEnd: '\r\n', data, end: '\r\n' })
  }
  return chunks
}

/** Always of the whole body: applied twice, it is chunked once. */
function sendChunked(draft: Draft, chunks: readonly Chunk[], trailers = ''): void {
  dropHeader(draft, 'Content-Length')
  setHeader(draft, 'Transfer-Encoding', 'chunked')
  draft.payload = Buffer.concat([
    ...chunks.flatMap(({ size, lineEnd, data, end }) => [
      Buffer.from(size + lineEnd, 'latin1'),
      data,
      Buffer.from(end),
    ]),
    Buffer.from(`0\r\n${trailers}\r\n`, 'latin1'),
  ])
}

import { nowInSeconds, signatureHeader, v1Of } from '../../src/signer/sign.ts'
import type { Chooser } from '../chooser.ts'
import { type Draft, dropHeader, headerOf, setBody, setHeader } from './draft.ts'
import { HOSTS, METHODS, ODD_CHARACTERS, ODD_HEADERS, TARGETS } from './odd-values.ts'
import type { MessageSteps } from './step.ts'

const SIGNATURE = 'Stripe-Signature'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Steps in the request line and the headers. */
export const headerSteps: MessageSteps = {
  'header-case': {
    meaning: 'same',
    apply: (draft, choose) => {
      draft.headers = draft.headers.map(([name, value]) => [
        Array.from(name, (letter) =>
          choose.oneIn(2) ? letter.toUpperCase() : letter.toLowerCase(),
        ).join(''),
        value,
      ])
    },
  },
  'header-order': {
    meaning: 'same',
    apply: (draft, choose) => {
      const at = choose.below(draft.headers.length)
      draft.headers = [...draft.headers.slice(at), ...draft.headers.slice(0, at)]
    },
  },
  'header-padding': {
    meaning: 'same',
    apply: (draft, choose) => {
      const padding = choose.of([' ', '\t', '   \t '])
      // Node's parser takes no tab after `chunked`.
      const isFraming = (name: string) =>
        /^(content-length|transfer-encoding)$/i.test(name)
      draft.headers = draft.headers.map(([name, value]) => [
        name,
        isFraming(name) ? value : padding + value + padding,
      ])
    },
  },
  'extra-headers': {
    meaning: 'same',
    apply: (draft, choose) => {
      for (let left = 1 + choose.below(8); left > 0; left--) {
        const name = `X-${LETTERS[choose.below(26)]}${choose.below(1_000)}`
        draft.headers.push([name, 'v'.repeat(choose.below(400))])
      }
    },
  },
  'identity-encoding': {
    meaning: 'same',
    apply: (draft) => setHeader(draft, 'Content-Encoding', 'identity'),
  },
  'expect-continue': {
    meaning: 'same',
    apply: (draft) => setHeader(draft, 'Expect', '100-continue'),
  },
  query: {
    meaning: 'same',
    apply: (draft, choose) => {
      draft.target += choose.of(['?', '?a=%00', '?a=//b', '?%zz', '?a=1&a=2'])
    },
  },
  'other-content-type': {
    meaning: 'same',
    apply: (draft, choose) => {
      const type = choose.of([
        'text/plain',
        'application/JSON',
        'x',
        'multipart/form-data',
      ])
      setHeader(draft, 'Content-Type', type)
    },
  },
  'signature-missing': {
    meaning: 'refused',
    apply: (draft) => dropHeader(draft, SIGNATURE),
  },
  'signature-twice': {
    meaning: 'refused',
    apply: (draft, choose) => {
      const other = choose.of([
        headerOf(draft, SIGNATURE),
        `t=1,v1=${'0'.repeat(64)}`,
        't=1',
        'v0=1',
        'x',
      ])
      draft.headers.splice(choose.below(draft.headers.length), 0, [SIGNATURE, other])
    },
  },
  'signature-wrong': {
    meaning: 'refused',
    apply: (draft, choose) => {
      const { body, secret } = draft
      const good = headerOf(draft, SIGNATURE)
      const now = nowInSeconds()
      const values = [
        signatureHeader(body, { secret: `${secret}x` }),
        signatureHeader(body, { secret, timestamp: now - 3_600 }),
        signatureHeader(body, { secret, timestamp: now + 3_600 }),
        `t=${now},v0=${v1Of(body, secret, now)}`,
        good.slice(0, -1),
        `${good},`,
        `${good},v1=`,
        `t=${now},${good}`,
        good.replace('v1=', 'v1= '),
        good.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase()),
        `${good}\u00e9`,
      ] as const
      setHeader(draft, SIGNATURE, choose.of(values))
    },
  },
  'content-encoding': {
    meaning: 'refused',
    apply: (draft, choose) => {
      const encoding = choose.of(['gzip', 'br', 'deflate', 'identity, gzip', 'x'])
      setHeader(draft, 'Content-Encoding', encoding)
    },
  },
  'body-flipped': {
    meaning: 'refused',
    apply: (draft, choose) => {
      const flipped = Buffer.from(draft.payload)
      const at = choose.below(flipped.length)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << choose.below(8))
      draft.payload = flipped
    },
  },
  'body-with-mark': {
    meaning: 'refused',
    apply: (draft) => {
      draft.payload = Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), draft.payload])
      setHeader(draft, 'Content-Length', String(draft.payload.length))
    },
  },
  'body-over-the-limit': {
    meaning: 'refused',
    apply: (draft) =>
      setBody(draft, Buffer.concat([draft.body, Buffer.alloc(1_100_000, ' ')])),
  },
  method: {
    meaning: 'refused',
    apply: (draft, choose) => {
      draft.method = choose.of(METHODS)
    },
  },
  target: {
    meaning: 'any',
    apply: (draft, choose) => {
      draft.target = choose.of(TARGETS)
    },
  },
  'request-line': {
    meaning: 'any',
    apply: (draft, choose) => {
      draft.version = choose.of([
        'HTTP/1.0',
        'HTTP/0.9',
        'HTTP/2.0',
        'HTTP/9.9',
        'HTTP/1.1 ',
        'http/1.1',
        '',
        'HTTP/1.1\tx',
      ])
    },
  },
  host: {
    meaning: 'any',
    apply: (draft, choose) => {
      const host = choose.of(HOSTS)
      if (host === undefined) dropHeader(draft, 'Host')
      else if (choose.oneIn(4)) draft.headers.push(['Host', host])
      else setHeader(draft, 'Host', host)
    },
  },
  'line-end': {
    meaning: 'any',
    apply: (draft, choose) => {
      draft.lineEnd = choose.of(['\n', '\r', '\r\r\n', '\n\r', '\r\n '])
    },
  },
  'odd-header': {
    meaning: 'any',
    apply: (draft, choose) => {
      const header = choose.of(ODD_HEADERS)
      draft.headers.splice(choose.below(draft.headers.length + 1), 0, [...header])
    },
  },
  'odd-character': {
    meaning: 'any',
    apply: (draft, choose) => {
      const at = choose.below(draft.headers.length)
      const isInName = choose.oneIn(3)
      const spoil = (text: string) => {
        const place = choose.below(text.length + 1)
        return text.slice(0, place) + choose.of(ODD_CHARACTERS) + text.slice(place)
      }
      draft.headers = draft.headers.map(([name, value], index) => {
        if (index !== at) return [name, value]
        return isInName ? [spoil(name), value] : [name, spoil(value)]
      })
    },
  },
  'large-headers': {
    meaning: 'any',
    apply: (draft, choose) => {
      const size = choose.of([1_000, 4_096, 8_000, 15_000, 16_384, 20_000])
      if (choose.oneIn(2)) draft.headers.push(['X-Large', 'x'.repeat(size)])
      else appendMany(draft, size, choose)
    },
  },
}

function appendMany(draft: Draft, size: number, choose: Chooser): void {
  const each = 6 + choose.below(30)
  for (let left = Math.min(1_500, size / each); left > 0; left--)
    draft.headers.push(['X', 'x'.repeat(each - 5)])
}

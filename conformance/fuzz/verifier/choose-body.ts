import type { Chooser } from '../chooser.ts'
import { seededChooser } from '../chooser.ts'

// Around the edges of SHA-256's blocks (64 bytes, 9 of them for padding), and a few large ones.
const SIZES = [
  0, 0, 1, 2, 11, 31, 32, 43, 44, 45, 53, 55, 56, 57, 63, 64, 65, 107, 108, 109, 116, 119,
  120, 121, 127, 128, 129, 247, 248, 500, 1_000, 2_000,
] as const
// 65,461 bytes are 64 KiB together with a block for the key and the usual timestamp.
const LARGE_SIZES = [4_096, 16_384, 65_461, 65_462, 65_536, 300_000] as const

const noise = createNoise(400_000)

/** What a sender signs: bytes of any kind, or something like an event. */
export function chooseBody(choose: Chooser): Uint8Array {
  if (choose.below(5) < 2) {
    const size = choose.oneIn(100) ? choose.of(LARGE_SIZES) : choose.of(SIZES)
    const start = choose.below(noise.length - size)
    return noise.subarray(start, start + size)
  }
  return decorated(eventText(choose), choose)
}

/** Changes a body after it was signed. What it gives may be the same again. */
export function tamper(body: Uint8Array, choose: Chooser): Uint8Array {
  const at = choose.below(Math.max(1, body.length))
  switch (choose.below(6)) {
    case 0: {
      const flipped = Uint8Array.from(body)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << choose.below(8))
      return flipped
    }
    case 1:
      return Buffer.concat([body, Buffer.of(choose.of([0, 0x0a, 0x20, 0x61]))])
    case 2:
      return body.subarray(0, at)
    case 3:
      return Buffer.concat([BYTE_ORDER_MARK, body])
    case 4:
      return Buffer.from(Buffer.from(body).toString('utf8'))
    default:
      return Buffer.concat([body.subarray(0, at), body.subarray(at + 1)])
  }
}

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)

const FIELDS = [
  ['id', '"evt_1"'],
  ['object', '"event"'],
  ['type', '"invoice.paid"'],
  ['livemode', 'false'],
  ['created', '1600000000'],
  ['data', '{"object":{"id":"in_1"}}'],
  ['api_version', '"2026-10-28.endive"'],
  ['account', 'null'],
] as const

/** What a field may hold instead; the empty text leaves it out. */
const FRAGMENTS = [
  '',
  'null',
  'true',
  '0',
  '-1e999',
  '12345678901234567890',
  '""',
  '"event"',
  '"v2.core.event"',
  '"evt_"',
  '"evt_\\u0000"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"hasOwnProperty"',
  '"\\ud800"',
  '"."',
  `"evt_${'a'.repeat(251)}"`,
  '[]',
  '{}',
  '{"object":null}',
  '{"object":[]}',
  '{"object":{"__proto__":{"id":1},"constructor":null}}',
  '{"object":{"id":{}}}',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `{"object":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`,
  '1,"object":"event"',
  '1,"__proto__":{"object":"event"}',
] as const

const ROOTS = ['null', '5', '"event"', '[]', '{}', '[{"object":"event"}]', ''] as const

function eventText(choose: Chooser): string {
  if (choose.oneIn(20)) return choose.of(ROOTS)
  const edits = new Map<number, string>()
  for (let left = choose.of([0, 0, 0, 1, 2]); left > 0; left--)
    edits.set(choose.below(FIELDS.length), choose.of(FRAGMENTS))
  const members = FIELDS.map(([name, value], index) => [name, edits.get(index) ?? value])
  return `{${members
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`
}

/** Makes the bytes awkward without asking whether they are still JSON. */
function decorated(text: string, choose: Chooser): Uint8Array {
  switch (choose.below(16)) {
    case 1:
      return Buffer.concat([BYTE_ORDER_MARK, Buffer.from(text)])
    case 2:
      return Buffer.from(text.replaceAll(',', ',\r\n'))
    case 3:
      return Buffer.from(`${text}\n`)
    case 4:
      return Buffer.from(text.replace('evt_', 'evt_\ufffd'))
    case 5:
      return Buffer.from(text.replace('in_', 'in_\u00ff'), 'latin1')
    case 6:
      return Buffer.from(text.replace('in_', 'Zo\u00eb \ud83d\ude00'))
    case 7:
      return Buffer.from(text.slice(0, -1))
    case 8:
      return Buffer.from(`${text}\0`)
    default:
      return Buffer.from(text)
  }
}

function createNoise(length: number): Uint8Array {
  const choose = seededChooser(1)
  return Uint8Array.from({ length }, () => choose.below(256))
}

import { decodeUtf8 } from '#utf8'
import type { RejectionCause } from './causes.ts'

/** What a body may have been before something changed it. */
export interface Original {
  /** What was done to it. */
  readonly cause: RejectionCause
  readonly body: Uint8Array
}

/** What is longer, in characters, or nested deeper, is not parsed for a guess: anybody may have sent it. */
const PARSED_LENGTH = 131_072
/** Indented, a text grows with its depth. Events of Stripe's have about ten levels. */
const PARSED_DEPTH = 24

const encoder = new TextEncoder()
const windows1252 = new TextDecoder('windows-1252')

/** Every change that is known to happen on the way, undone: one of these may be what was signed. */
export function* originalsOf(body: Uint8Array): Generator<Original> {
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf
  if (hasMark) yield { cause: 'byte_order_mark', body: body.subarray(3) }
  const text = decodeUtf8(body)
  if (text === undefined) {
    yield* encodedAnew('charset_changed', latin1(body), windows1252.decode(body))
    return
  }
  yield* encodedAnew('newline_changed', ...otherLineBreaks(text))
  const bytes = undecoded(text)
  if (bytes !== undefined) yield { cause: 'charset_changed', body: bytes }
  yield* asStripeWrites(parsed(text))
}

/** The value of a text that is JSON, short and shallow enough to be worked on. */
export function parsed(text: string): unknown {
  if (text.length > PARSED_LENGTH || isDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isDeep(text: string): boolean {
  let depth = 0
  // Strings are passed over as a whole, since they may hold brackets.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{}\]]/gs)) {
    if (token === '[' || token === '{') depth += 1
    if (token === ']' || token === '}') depth -= 1
    if (depth > PARSED_DEPTH) return true
  }
  return false
}

function* encodedAnew(
  cause: RejectionCause,
  ...texts: readonly string[]
): Generator<Original> {
  for (const text of texts) yield { cause, body: encoder.encode(text) }
}

function otherLineBreaks(text: string): readonly string[] {
  const unix = text.replaceAll('\r\n', '\n')
  const stripped = text.replace(/\r?\n$/, '')
  return [`${text}\n`, stripped, unix, unix.replaceAll('\n', '\r\n')].filter(
    (other) => other !== text,
  )
}

function latin1(body: Uint8Array): string {
  // In pieces, since a call takes only so many arguments.
  let text = ''
  for (let start = 0; start < body.length; start += 8_192) {
    text += String.fromCharCode(...body.subarray(start, start + 8_192))
  }
  return text
}

const BYTE_OF_CHARACTER = new Map(
  Array.from({ length: 256 }, (_, byte) => [
    windows1252.decode(Uint8Array.of(byte)),
    byte,
  ]),
)

/** The bytes of a text of which each character was once a byte, taken for one of Latin-1 or Windows-1252. */
function undecoded(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  let index = 0
  let isChanged = false
  for (const character of text) {
    const code = character.charCodeAt(0)
    const byte = code < 256 ? code : BYTE_OF_CHARACTER.get(character)
    if (byte === undefined) return undefined
    isChanged ||= byte > 127
    bytes[index] = byte
    index += 1
  }
  return isChanged ? bytes.subarray(0, index) : undefined
}

/** As Stripe writes JSON, indented by two, and in one line. */
function* asStripeWrites(value: unknown): Generator<Original> {
  if (value === undefined) return
  const indented = JSON.stringify(value, null, 2)
  yield* encodedAnew('reserialised_body', indented)
  yield* encodedAnew('reserialised_body', `${indented}\n`)
  yield* encodedAnew('reserialised_body', JSON.stringify(value))
}

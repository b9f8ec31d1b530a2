// The rules of a `Stripe-Signature` header, stated a second time: one character after the
// other, without a line or a regular expression of core. Where the two differ, one is wrong.
import { createHmac } from 'node:crypto'

/** Everything that a verdict depends on. */
export interface VerifierCase {
  readonly header: string | undefined
  readonly body: Uint8Array
  readonly secrets: readonly string[]
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number
  readonly toleranceSeconds: number
}

/** What becomes of a signature; an accepted one names the index of its secret. */
export type Verdict =
  | `accepted by ${number}`
  | 'header_missing'
  | 'header_malformed'
  | 'no_match'
  | 'timestamp_too_old'
  | 'timestamp_in_future'

const COMMA = 0x2c
const EQUALS = 0x3d
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const LETTER_A = 0x61
const LETTER_F = 0x66
const LETTER_T = 0x74
const LETTER_V = 0x76

/** Judges a signature by the rules, slowly and plainly. */
export function referenceVerdict({
  header,
  body,
  secrets,
  now,
  toleranceSeconds,
}: VerifierCase): Verdict {
  if (header === undefined) return 'header_missing'
  const scanned = scan(header)
  if (scanned === undefined) return 'header_malformed'
  const { seconds, timestamp, digests } = scanned
  for (const [index, secret] of secrets.entries()) {
    const hmac = createHmac('sha256', secret)
    const expected = hmac.update(timestamp).update('.').update(body).digest()
    if (!digests.some((digest) => isSame(digest, expected))) continue
    const age = Math.floor(now / 1000) - seconds
    if (age > toleranceSeconds) return 'timestamp_too_old'
    if (-age > toleranceSeconds) return 'timestamp_in_future'
    return `accepted by ${index}`
  }
  return 'no_match'
}

interface Scanned {
  /** As it was sent. */
  readonly timestamp: string
  readonly seconds: number
  readonly digests: readonly Uint8Array[]
}

function scan(header: string): Scanned | undefined {
  if (header.length > 4096) return undefined
  const codes = Array.from({ length: header.length }, (_, at) => header.charCodeAt(at))
  if (codes.some((code) => code < 0x21 || code > 0x7e)) return undefined
  let time: { readonly text: string; readonly seconds: number } | undefined
  const digests: Uint8Array[] = []
  for (const item of splitAt(COMMA, codes)) {
    const equals = item.indexOf(EQUALS)
    if (equals < 1) return undefined
    const value = item.slice(equals + 1)
    if (equals === 1 && item[0] === LETTER_T) {
      const seconds = readSeconds(value)
      if (seconds === undefined || time !== undefined) return undefined
      time = { text: String.fromCharCode(...value), seconds }
    } else if (equals === 2 && item[0] === LETTER_V && item[1] === DIGIT_0 + 1) {
      const digest = readDigest(value)
      if (digest === undefined || digests.length === 16) return undefined
      digests.push(digest)
    }
  }
  if (time === undefined || digests.length === 0) return undefined
  return { timestamp: time.text, seconds: time.seconds, digests }
}

function splitAt(separator: number, codes: readonly number[]): readonly number[][] {
  let current: number[] = []
  const items = [current]
  for (const code of codes) {
    if (code === separator) {
      current = []
      items.push(current)
    } else current.push(code)
  }
  return items
}

/** 1 to 13 decimal digits, the first of them not 0. */
function readSeconds(codes: readonly number[]): number | undefined {
  if (codes.length < 1 || codes.length > 13 || codes[0] === DIGIT_0) return undefined
  let seconds = 0
  for (const code of codes) {
    if (code < DIGIT_0 || code > DIGIT_9) return undefined
    seconds = seconds * 10 + (code - DIGIT_0)
  }
  return seconds
}

/** 64 hex digits in lower case. */
function readDigest(codes: readonly number[]): Uint8Array | undefined {
  if (codes.length !== 64) return undefined
  const digest = new Uint8Array(32)
  for (const [index, code] of codes.entries()) {
    const isDigit = code >= DIGIT_0 && code <= DIGIT_9
    if (!isDigit && (code < LETTER_A || code > LETTER_F)) return undefined
    const nibble = isDigit ? code - DIGIT_0 : code - LETTER_A + 10
    digest[index >> 1] = ((digest[index >> 1] ?? 0) << 4) | nibble
  }
  return digest
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return (
    left.length === right.length && left.every((byte, index) => byte === right[index])
  )
}

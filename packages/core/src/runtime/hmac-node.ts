// With hmac-node-one-shot.ts the only file of this package that imports from `node:`. Other
// runtimes get hmac-web.ts, by the condition in package.json's `imports`.
import { Buffer } from 'node:buffer'
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { createOneShotHmac } from './hmac-node-one-shot.ts'

/** How Node computes the digest: `createHmac`, or two calls of the one-shot `crypto.hash`. */
export type Hashing = 'hmac' | 'one-shot'

/** A webhook secret made ready: HMAC-SHA256 over `prefix` (ASCII) followed by `body`, as 64 lower-case hex digits. */
export type Hmac = (prefix: string, body: Uint8Array) => string

/** The key is the whole `whsec_…` string as UTF-8; it is not base64-decoded. */
export function createHmacSha256(secret: string, hashing: Hashing): Hmac {
  if (hashing === 'one-shot') return createOneShotHmac(Buffer.from(secret, 'utf8'))
  // Kept as a KeyObject: Node 24 takes five times as long with a key given as bytes.
  const key = createSecretKey(secret, 'utf8')
  return (prefix, body) =>
    createHmac('sha256', key).update(prefix, 'latin1').update(body).digest('hex')
}

const DIGEST_BYTES = 32
const left = Buffer.alloc(DIGEST_BYTES)
const right = Buffer.alloc(DIGEST_BYTES)

/** Tells in constant time whether two digests, of 64 hex digits each, are the same. */
export function equalsHex(expected: string, given: string): boolean {
  // What is no hex digit ends the writing, and would leave the digest before it in place.
  return (
    given.length === expected.length &&
    left.write(expected, 'hex') === DIGEST_BYTES &&
    right.write(given, 'hex') === DIGEST_BYTES &&
    timingSafeEqual(left, right)
  )
}

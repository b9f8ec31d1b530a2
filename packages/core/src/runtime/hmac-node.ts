// The only file of this package that imports from `node:`. Other runtimes get
// hmac-web.ts, by the condition in package.json's `imports`.
import { Buffer } from 'node:buffer'
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** A webhook secret, made ready for hashing once. */
export type HmacKey = KeyObject

/** The key is the whole `whsec_…` string as UTF-8; it is not base64-decoded. */
export function createHmacKey(secret: string): HmacKey {
  return createSecretKey(secret, 'utf8')
}

/** HMAC-SHA256 over `prefix` (ASCII) followed by `body`: 32 bytes. */
export function hmacSha256(key: HmacKey, prefix: string, body: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(prefix, 'latin1').update(body).digest()
}

/** Tells in constant time whether 64 hex digits spell this digest. */
export function equalsHex(digest: Uint8Array, hex: string): boolean {
  return timingSafeEqual(digest, Buffer.from(hex, 'hex'))
}

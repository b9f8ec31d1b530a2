// The same as hmac-node.ts for runtimes without `node:crypto`. Web Crypto only hashes
// asynchronously, so callers await what an Hmac gives.
import type { Hashing } from './hmac-node.ts'

export type { Hashing }

/** A webhook secret made ready: HMAC-SHA256 over `prefix` (ASCII) followed by `body`, as 64 lower-case hex digits. */
export type Hmac = (prefix: string, body: Uint8Array) => Promise<string>

const encoder = new TextEncoder()

/** The key is the whole `whsec_…` string as UTF-8; it is not base64-decoded. There is one way to hash here. */
export function createHmacSha256(secret: string, _hashing: Hashing): Hmac {
  // Imported when it is first used, so that nothing rejects unheard before, and kept.
  let key: Promise<CryptoKey> | undefined
  return async (prefix, body) => {
    key ??= importKey(secret).catch((error: unknown) => {
      key = undefined
      throw error
    })
    const message = new Uint8Array(prefix.length + body.length)
    encoder.encodeInto(prefix, message)
    message.set(body, prefix.length)
    return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', await key, message)))
  }
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = encoder.encode(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]
  return hex
}

/** Tells in constant time whether two digests, of 64 hex digits each, are the same. */
export function equalsHex(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let index = 0; index < 64; index++) {
    difference |= expected.charCodeAt(index) ^ given.charCodeAt(index)
  }
  return difference === 0
}

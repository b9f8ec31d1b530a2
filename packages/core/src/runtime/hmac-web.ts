// The same three functions as hmac-node.ts for runtimes without `node:crypto`.
// Web Crypto only hashes asynchronously, so callers await what `hmacSha256` gives.

/** A webhook secret, made ready for hashing once. */
export type HmacKey = Promise<CryptoKey>

/** The key is the whole `whsec_…` string as UTF-8; it is not base64-decoded. */
export function createHmacKey(secret: string): HmacKey {
  return crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
}

/** HMAC-SHA256 over `prefix` (ASCII) followed by `body`: 32 bytes. */
export async function hmacSha256(
  key: HmacKey,
  prefix: string,
  body: Uint8Array,
): Promise<Uint8Array> {
  const message = new Uint8Array(prefix.length + body.length)
  new TextEncoder().encodeInto(prefix, message)
  message.set(body, prefix.length)
  return new Uint8Array(await crypto.subtle.sign('HMAC', await key, message))
}

/** Tells in constant time whether 64 hex digits spell this digest. */
export function equalsHex(digest: Uint8Array, hex: string): boolean {
  let difference = 0
  for (const [index, byte] of digest.entries()) {
    difference |= byte ^ Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  }
  return difference === 0
}

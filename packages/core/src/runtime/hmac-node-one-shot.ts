// HMAC (RFC 2104) built from `crypto.hash`, which makes no hash object that the garbage
// collector has to finish. Proven equal to `createHmac` in hmac.test.ts.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** Longer messages, which are rare, get a buffer of their own. Takes a body of 64 kB, with what stands before it. */
const KEPT_BYTES = 66_000

/** As `createHmacSha256` of hmac-node.ts, with the key's bytes. */
export function createOneShotHmac(
  key: Uint8Array,
): (prefix: string, body: Uint8Array) => string {
  const block = Buffer.alloc(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key)
  const inner = block.map((byte) => byte ^ 0x36)
  const outer = Buffer.concat([
    block.map((byte) => byte ^ 0x5c),
    Buffer.alloc(DIGEST_BYTES),
  ])
  const kept = Buffer.alloc(KEPT_BYTES)

  return function oneShotHmac(prefix, body) {
    const bodyStart = BLOCK_BYTES + prefix.length
    const length = bodyStart + body.length
    const message = length <= KEPT_BYTES ? kept : Buffer.allocUnsafe(length)
    message.set(inner)
    message.write(prefix, BLOCK_BYTES, 'latin1')
    message.set(body, bodyStart)
    outer.write(hash('sha256', message.subarray(0, length), 'hex'), BLOCK_BYTES, 'hex')
    return hash('sha256', outer, 'hex')
  }
}

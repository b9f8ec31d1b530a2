// What Node, Bun and Deno have for this is faster than a strict TextDecoder.
import { Buffer, isUtf8 } from 'node:buffer'

/** The text of bytes, or `undefined` when they are not UTF-8. Nothing is dropped or replaced, a byte order mark neither. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

// The same as utf8-node.ts for runtimes without `node:buffer`.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of bytes, or `undefined` when they are not UTF-8. Nothing is dropped or replaced, a byte order mark neither. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

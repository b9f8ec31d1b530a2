import type { Chooser } from '../chooser.ts'

/** Changes of the bytes of a request that know nothing of HTTP. */
export const byteSteps: Readonly<
  Record<string, (bytes: Buffer, choose: Chooser) => Buffer>
> = {
  'flip-bit': (bytes, choose) => {
    const at = position(bytes, choose)
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << choose.below(8))
    return flipped
  },
  'overwrite-byte': (bytes, choose) => {
    const changed = Buffer.from(bytes)
    changed[position(bytes, choose)] = choose.below(256)
    return changed
  },
  'insert-bytes': (bytes, choose) => {
    const at = position(bytes, choose)
    const length = choose.of([1, 1, 2, 4, 16, 100])
    const inserted = Buffer.from(Array.from({ length }, () => choose.below(256)))
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)])
  },
  'delete-bytes': (bytes, choose) => {
    const at = position(bytes, choose)
    const length = choose.of([1, 1, 2, 4, 16, 100])
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
  },
  'repeat-bytes': (bytes, choose) => {
    const at = position(bytes, choose)
    const length = choose.of([1, 2, 16, 100, 1_000])
    return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
  },
  'swap-parts': (bytes, choose) => {
    const at = position(bytes, choose)
    return Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)])
  },
}

/** More often in the head, where more goes by the byte. */
function position(bytes: Buffer, choose: Chooser): number {
  const head = bytes.indexOf('\r\n\r\n') + 4
  const isInHead = choose.oneIn(2) && head > 4
  return choose.below(Math.max(1, isInHead ? head : bytes.length))
}

import type { MirroredObject } from './mirrored.ts'

/**
 * A short text for one state of an object: a hash, and the status. The link to an invoice's
 * page does not count: it expires, so it may be rendered anew without anything having changed.
 */
export function stateNameOf(object: MirroredObject): string {
  const status = object.kind === 'customer' ? '' : (object.status ?? '')
  const rest = { ...object, status: undefined, hostedInvoiceUrl: undefined }
  return `${hashOf(JSON.stringify(rest))} ${status}`
}

export function isPausedState(name: string): boolean {
  return name.endsWith(' paused')
}

/** Whether two states are alike but for the status. */
export function differInStatusAlone(one: string, other: string): boolean {
  return one !== other && one.split(' ', 1)[0] === other.split(' ', 1)[0]
}

/**
 * FNV-1a over UTF-16 code units, twice with other constants: 64 bits. It is no defence: a
 * collision would only misplace an event within its second.
 */
export function hashOf(text: string): string {
  let one = 0x811c9dc5
  let other = 0x5bd1e995
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 0x01000193)
    other = Math.imul(other ^ unit, 0x85ebca6b)
    other ^= other >>> 13
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36).padStart(7, '0')
}

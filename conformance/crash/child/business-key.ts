import { hash } from 'node:crypto'

interface Told {
  readonly type: string
  readonly created: number
  readonly data: { readonly object: unknown }
}

/** The same for every event, of whatever id, that tells of one change. */
export function businessKey({ type, created, data }: Told): string {
  return `${type} ${hash('sha1', JSON.stringify([created, data]), 'base64url')}`
}

/** A message of a declared effect names its event: a second one would show that the effect was committed twice. */
export function messageKey(group: string, key: string, eventId?: string): string {
  return eventId === undefined ? `${group}: ${key}` : `${group}: ${key} by ${eventId}`
}

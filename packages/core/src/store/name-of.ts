import type { EventKey } from './delivery.ts'

/** Events by their key, in a map of this process. */
export function nameOf({ livemode, account, eventId }: EventKey): string {
  return `${livemode}\n${account}\n${eventId}`
}

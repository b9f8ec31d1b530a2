import type { EventKey } from '@countersign/core'

/** One text for each event. */
export function eventIdOf({ livemode, account, eventId }: EventKey): string {
  return `${livemode}\n${account}\n${eventId}`
}

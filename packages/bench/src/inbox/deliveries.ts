import type { Buffer } from 'node:buffer'
import type { Delivery } from '@countersign/core'

/**
 * Makes deliveries of events that nobody has seen. Their ids grow with time, as Stripe's do.
 *
 * @param body The same bytes for all of them: a store does not look at them.
 */
export function deliveriesOf(body: Buffer, count: number, from: number): Delivery[] {
  return Array.from({ length: count }, (_, index) => deliveryOf(body, from + index))
}

/** The same with ids in no order, among all that there may be. */
export function scatteredDeliveriesOf(body: Buffer, count: number): Delivery[] {
  return Array.from({ length: count }, () =>
    deliveryOf(body, Math.floor(Math.random() * 1e12)),
  )
}

function deliveryOf(body: Buffer, number: number): Delivery {
  return {
    key: { livemode: false, account: '', eventId: eventIdOf(number) },
    type: 'invoice.paid',
    // Four events of each object.
    objectId: `in_${Math.floor(number / 4)}`,
    endpoint: undefined,
    created: 1_795_507_200,
    body,
  }
}

/** As `eventIdOf` in SQL, so that tables can be filled with millions of them. */
export const EVENT_ID_TAIL = 'eZvKYlo2CqzT4x'

function eventIdOf(number: number): string {
  return `evt_1${String(number).padStart(12, '0')}${EVENT_ID_TAIL}`
}

/** Has so many callers work off a list, each one piece after the other, and gives the seconds that it took. */
export async function secondsOf<Item>(
  items: readonly Item[],
  callers: number,
  call: (item: Item) => Promise<unknown>,
): Promise<number> {
  const queue = items.values()
  const began = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const item of queue) await call(item)
    }),
  )
  return (performance.now() - began) / 1_000
}

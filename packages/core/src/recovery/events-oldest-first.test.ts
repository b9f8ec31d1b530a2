import fc from 'fast-check'
import { expect, it } from 'vitest'
import { systemClock } from '../runtime/clock.ts'
import { eventsApi } from './events-api.test-setup.ts'
import { eventsOldestFirst } from './events-oldest-first.ts'
import { createEventList, type ListedEvent } from './list-events.ts'

const FROM = 1_000_000
const NOW = FROM + 30 * 86_400

async function collect(created: readonly number[], from = FROM) {
  const sorted = created.toSorted((one, other) => one - other)
  const events = sorted.map((time, i) => ({ id: `evt_${i}`, created: time }))
  const { stripe, requests } = eventsApi(...events)
  const client = stripe as unknown as Parameters<typeof createEventList>[0]
  const list = createEventList(client, undefined, { clock: systemClock, random: () => 0 })
  const portions: (readonly ListedEvent[])[] = []
  for await (const portion of eventsOldestFirst(list, from, NOW)) portions.push(portion)
  return { events, requests, portions, ids: portions.flat().map(({ id }) => id) }
}

it('gives every event since then once, the oldest first, in portions of a page', async () => {
  const burst = fc
    .tuple(fc.integer({ min: FROM - 9, max: NOW + 9 }), fc.integer({ min: 1, max: 350 }))
    .map(([time, size]) => Array.from({ length: size }, () => time))
  const spread = fc.array(fc.integer({ min: FROM - 9, max: NOW + 9 }), { maxLength: 400 })
  await fc.assert(
    fc.asyncProperty(spread, fc.array(burst, { maxLength: 3 }), async (few, bursts) => {
      const { events, portions, ids } = await collect([...few, ...bursts.flat()])
      const wanted = events.filter(({ created }) => created >= FROM)
      expect(ids).toEqual(wanted.map(({ id }) => id))
      expect(Math.max(0, ...portions.map(({ length }) => length))).toBeLessThanOrEqual(
        100,
      )
    }),
    { numRuns: 60 },
  )
})

it('asks about as often as there are pages', async () => {
  const evenly = Array.from({ length: 10_000 }, (_, i) => FROM + i * 250)
  expect((await collect(evenly)).requests.length).toBeLessThan(250)
  expect((await collect([])).requests).toHaveLength(1)
})

it('gives what is newer than now, whichever clock is wrong', async () => {
  expect((await collect([NOW + 5, NOW + 900])).ids).toEqual(['evt_0', 'evt_1'])
  expect((await collect([NOW + 5, NOW + 900], NOW + 600)).ids).toEqual(['evt_1'])
})

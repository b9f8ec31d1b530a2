// In whatever order events and fetches come, and however often: in the end the row is what
// Stripe has.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MirrorRow, mergeMirror, toEventWrite } from './mirror-row.ts'
import { Receiver } from './receiver.test-setup.ts'
import { kinds, type Life, lives, type ModelEvent } from './stripe-model.test-setup.ts'

/** More runs, or others: `MIRROR_PROPERTY_RUNS=100000 MIRROR_PROPERTY_SEED=2`. */
const numRuns = Number(process.env.MIRROR_PROPERTY_RUNS ?? 200)
const seed = Number(process.env.MIRROR_PROPERTY_SEED ?? 20_260_101)
const timeout = 30_000 + numRuns * 20

function rowOf(events: readonly ModelEvent[]): MirrorRow | undefined {
  let row: MirrorRow | undefined
  for (const event of events) {
    const write = toEventWrite(event)
    if (write === undefined) throw new Error(`${event.type} writes nothing`)
    const next = mergeMirror(row, write, 0)
    // As a store gives it back.
    if (next !== undefined) row = JSON.parse(JSON.stringify(next))
  }
  return row
}

/** All of them in any order, and some of them again. */
function deliveries(events: readonly ModelEvent[]): fc.Arbitrary<ModelEvent[]> {
  const again = fc.array(fc.constantFrom(...events), { maxLength: 5 })
  return again.chain((some) => {
    const all = [...events, ...some]
    return fc.shuffledSubarray(all, { minLength: all.length })
  })
}

function permutations<T>(of: readonly T[]): T[][] {
  if (of.length === 0) return [[]]
  return of.flatMap((one, at) =>
    permutations(of.toSpliced(at, 1)).map((rest) => [one, ...rest]),
  )
}

/**
 * Whether the events of the last two seconds tell what the object is now. They do not when
 * it ended each of them as it had begun it, after other states: a walk in a circle has no
 * end of its own.
 */
function isTold({ events, states }: Life): boolean {
  const seconds = [...new Set(events.map(({ created }) => created))].slice(-2)
  const texts = states.map((state) => JSON.stringify(state))
  return seconds.some((second) => {
    const within = texts.filter((_, at) => events[at]?.created === second)
    const first = events.findIndex(({ created }) => created === second)
    return first === 0 || new Set(within).size === 1 || texts[first - 1] !== within.at(-1)
  })
}

describe.each(kinds)('of a %s', (kind) => {
  it('all events of one second, in every order', { timeout }, () => {
    fc.assert(
      fc.property(lives(kind, 4, { gap: 0, isTwin: false }), (life) => {
        const events = life.events.slice(0, 6)
        for (const order of permutations(events))
          expect(rowOf(order)?.data).toEqual(life.states[events.length - 1])
      }),
      { numRuns: Math.ceil(numRuns / 20), seed },
    )
  })

  it('all events, in any order, with duplicates', { timeout }, () => {
    const cases = lives(kind, 20)
      .filter(isTold)
      .chain((life) => fc.tuple(fc.constant(life), deliveries(life.events)))
    fc.assert(
      fc.property(cases, ([life, events]) => {
        expect(rowOf(events)?.data).toEqual(life.state)
      }),
      { numRuns, seed },
    )
  })

  it('some events: the same row in any order', { timeout }, () => {
    const cases = lives(kind, 60)
      .chain((life) => fc.subarray(life.events, { minLength: 1 }))
      .chain((some) => fc.tuple(deliveries(some), deliveries(some)))
    fc.assert(
      fc.property(cases, ([one, other]) => {
        expect(rowOf(one)).toEqual(rowOf(other))
      }),
      { numRuns, seed },
    )
  })

  it('a fetch for each event, late, out of order, and again when it fails', {
    timeout,
  }, () => {
    fc.assert(
      fc.property(lives(kind, 12), fc.infiniteStream(fc.nat()), (life, choices) => {
        const receiver = new Receiver(life, choices)
        receiver.run('refetch')
        expect(receiver.row?.data).toEqual(life.state)
      }),
      { numRuns, seed },
    )
  })

  it('events, and fetches beside them', { timeout }, () => {
    fc.assert(
      fc.property(
        lives(kind, 12).filter(isTold),
        fc.infiniteStream(fc.nat()),
        (life, choices) => {
          const receiver = new Receiver(life, choices)
          receiver.run('event')
          expect(receiver.row?.data).toEqual(life.state)
        },
      ),
      { numRuns, seed },
    )
  })
})

import { expect, it } from 'vitest'
import { atLeast, atMost } from './benchmark.ts'
import { isMet, toJson, toTable } from './report.ts'

it.each([
  [[0.7, 0.8, 2], atMost(0.8), true],
  [[0.7, 0.81, 2], atMost(0.8), false],
  [[1, 1.05, 9], atLeast(1.05), true],
  [[1, 1.04, 9], atLeast(1.05), false],
  [[Number.NaN], atMost(1), false],
])('holds the median of %j against %j', (rounds, goal, met) => {
  expect(isMet({ id: 'x', unit: '×', rounds }, goal)).toBe(met)
})

it('shows the same in the table and in the JSON', () => {
  const result = {
    name: 'verify',
    rounds: 3,
    figures: [
      { id: 'a', unit: '×', rounds: [3, 1, 2], goal: atMost(1.5), note: 'why' },
      { id: 'b', unit: 'µs', rounds: [20] },
    ],
  } as const
  expect(toJson([result])).toEqual({
    name: 'verify',
    rounds: 3,
    metrics: [
      {
        id: 'a',
        value: 2,
        unit: '×',
        spread: [1, 3],
        goal: 1.5,
        direction: 'at-most',
        met: false,
        note: 'why',
      },
    ],
    figures: [{ id: 'b', value: 20, unit: 'µs', spread: [20, 20] }],
  })
  const table = toTable(result, { about: 'how fast', run: async () => [] }, false)
  expect(table).toMatch(/a +2\.00 × +1\.00 – 3\.00 +≤ 1\.50 +✗ missed/)
  expect(table).toMatch(/b +20\.0 µs/)
})

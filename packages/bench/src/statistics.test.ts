import { describe, expect, it } from 'vitest'
import { medianOf, ratiosOf } from './statistics.ts'

describe('medianOf', () => {
  it.each([
    [[3], 3],
    [[10, 1, 2], 2],
    [[4, 1, 100, 2], 3],
    [[], Number.NaN],
  ])('of %j is %d', (values, median) => {
    expect(medianOf(values)).toBe(median)
  })

  it('leaves its argument in order', () => {
    const values = [3, 1, 2]
    medianOf(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('ratiosOf', () => {
  it('divides within a round, so that a slow round counts as any other', () => {
    expect(ratiosOf([1, 30, 2], [2, 60, 4])).toEqual([0.5, 0.5, 0.5])
  })
})

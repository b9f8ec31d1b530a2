import { expect, it } from 'vitest'
import { Random } from './ids.ts'

it('makes the same ids from the same seed, and others from another', () => {
  const idsOf = (seed?: number | string) => {
    const random = new Random(seed)
    return Array.from({ length: 5 }, () => random.id('pi'))
  }
  expect(idsOf(1)).toEqual(idsOf(1))
  expect(idsOf(1)).not.toEqual(idsOf(2))
  expect(idsOf()).not.toEqual(idsOf())
  expect(idsOf(1)[0]).toMatch(/^pi_[0-9A-Za-z]{24}$/)
})

it('does not repeat itself, and uses every character', () => {
  const random = new Random('seed')
  const ids = Array.from({ length: 50_000 }, () => random.characters(24))
  expect(new Set(ids).size).toBe(50_000)
  const counts = new Map<string, number>()
  for (const character of ids.join('')) {
    counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  const expected = (50_000 * 24) / 62
  expect(counts.size).toBe(62)
  for (const count of counts.values()) {
    expect(Math.abs(count - expected)).toBeLessThan(expected * 0.05)
  }
})

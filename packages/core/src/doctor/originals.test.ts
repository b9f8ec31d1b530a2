import { describe, expect, it } from 'vitest'
import { originalsOf } from './originals.ts'

const originals = (text: string) => [...originalsOf(new TextEncoder().encode(text))]
const causes = (text: string) => originals(text).map(({ cause }) => cause)

const nested = (depth: number, content = '') =>
  '['.repeat(depth) + content + ']'.repeat(depth)

describe('originalsOf', () => {
  it('writes anew what is about as deep as an event', () => {
    expect(causes(nested(24))).toContain('reserialised_body')
  })

  it.each([
    ['deeper than any event', nested(25)],
    ['so deep that writing it would overflow', nested(50_000)],
    ['too long', JSON.stringify('x'.repeat(131_072))],
    ['no JSON', '{'],
  ])('does not work on what is %s', (_, text) => {
    expect(causes(text)).not.toContain('reserialised_body')
  })

  it('does not take brackets in strings for depth', () => {
    const text = JSON.stringify({ a: '[[[['.repeat(10), b: '"\\"[{' })
    expect(causes(text)).toContain('reserialised_body')
    // Nor for its end.
    expect(causes(nested(30, '"]]]]]]]]]]"'))).not.toContain('reserialised_body')
  })

  it('makes little of anything that anybody may send', () => {
    const bomb = nested(24, Array(65_000).fill('1').join(','))
    const made = originals(bomb).map(({ body }) => body.length)
    expect(Math.max(...made)).toBeLessThan(8_000_000)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as node from './utf8-node.ts'
import * as web from './utf8-web.ts'

describe.each([
  ['node', node.decodeUtf8],
  ['web', web.decodeUtf8],
] as const)('decodeUtf8 for %s', (_, decodeUtf8) => {
  it('gives back every text, with its byte order mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text.toWellFormed())
      }),
    )
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).toBe('\ufeff{')
    expect(decodeUtf8(new Uint8Array())).toBe('')
  })

  it('reads a part of a larger buffer', () => {
    expect(decodeUtf8(new TextEncoder().encode('xZoëx').subarray(1, 5))).toBe('Zoë')
  })

  it.each<[string, readonly number[]]>([
    ['a byte that no character has', [0x7b, 0xff]],
    ['half a character', [0xc3]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a form that is too long', [0xc0, 0xaf]],
  ])('takes nothing that holds %s', (__, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined()
  })
})

it('decides as TextDecoder does, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      expect(node.decodeUtf8(bytes)).toBe(web.decodeUtf8(bytes))
    }),
    { numRuns: 2_000 },
  )
})

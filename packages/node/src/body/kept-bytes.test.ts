import { describe, expect, it } from 'vitest'
import { findKeptBytes } from './kept-bytes.ts'

const text = '{"name":"Zoë 😀"}'
const bytes = Buffer.from(text)

describe('findKeptBytes', () => {
  it('takes the first Buffer or Uint8Array as it is', () => {
    expect(findKeptBytes([undefined, bytes, Buffer.from('other')], bytes.length)).toBe(
      bytes,
    )
    expect(findKeptBytes([{ parsed: true }, bytes], undefined)).toBe(bytes)
    const array = new Uint8Array(bytes)
    expect(findKeptBytes([array], bytes.length)).toBe(array)
  })

  it('encodes a string from which nothing was lost', () => {
    expect(findKeptBytes([text], bytes.length)).toEqual(new Uint8Array(bytes))
  })

  it.each<[string, readonly unknown[], number | undefined]>([
    ['a parsed value', [{ name: 'Zoë' }], bytes.length],
    ['nothing', [undefined, null], 0],
    ['bytes of another length', [bytes], bytes.length + 1],
  ])('does not find anything in %s', (_, candidates, length) => {
    expect(findKeptBytes(candidates, length)).toBeUndefined()
  })

  it.each<[string, string, number | undefined]>([
    ['with U+FFFD', '\ufffd', 3],
    ['whose mark was dropped', text, bytes.length + 3],
    ['without a declared length', text, undefined],
  ])('does not take a string %s, and tells that there was one', (_, kept, length) => {
    expect(findKeptBytes([kept], length)).toBe('inexact')
  })
})

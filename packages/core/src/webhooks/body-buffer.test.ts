import { describe, expect, it } from 'vitest'
import { BodyBuffer } from './body-buffer.ts'

describe('BodyBuffer', () => {
  it('gives a body in one piece as it came, and nothing for none', () => {
    const piece = Uint8Array.of(1, 2, 3)
    const buffer = new BodyBuffer()
    expect(buffer.toBytes()).toEqual(new Uint8Array())
    buffer.add(piece)
    expect(buffer.toBytes().buffer).toBe(piece.buffer)
  })

  it('puts pieces of any size together, and changes none of them', () => {
    const first = Uint8Array.of(0)
    const buffer = new BodyBuffer()
    for (let byte = 0; byte < 1_000; byte++) {
      buffer.add(byte === 0 ? first : new Uint8Array((byte % 3) + 1).fill(byte % 251))
    }
    const expected = Array.from({ length: 1_000 }, (_, byte) =>
      byte === 0 ? [0] : Array(Math.floor(byte % 3) + 1).fill(byte % 251),
    ).flat()
    expect([...buffer.toBytes()]).toEqual(expected)
    expect(buffer.length).toBe(expected.length)
    expect(first).toEqual(Uint8Array.of(0))
  })

  it('takes no more than twice its body, however small the pieces are', () => {
    const buffer = new BodyBuffer()
    for (let index = 0; index < 100_001; index++) buffer.add(Uint8Array.of(7))
    expect(buffer.toBytes().buffer.byteLength).toBeLessThanOrEqual(200_002)
  })

  it('only counts after it was told to let go', () => {
    const buffer = new BodyBuffer()
    buffer.add(new Uint8Array(5))
    buffer.drop()
    buffer.add(new Uint8Array(5))
    expect([buffer.length, buffer.toBytes().buffer.byteLength]).toEqual([10, 0])
  })
})

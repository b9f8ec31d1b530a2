import { describe, expect, it } from 'vitest'
import { BodyBuffer } from './body-buffer.ts'

describe('BodyBuffer', () => {
  it('gives a body in one piece as it came, and nothing for none', () => {
    const piece = Uint8Array.of(1, 2, 3)
    const buffer = new BodyBuffer(undefined)
    expect(buffer.toBytes()).toEqual(new Uint8Array())
    buffer.add(piece)
    expect(buffer.toBytes().buffer).toBe(piece.buffer)
  })

  it.each([Number.NaN, -1])('takes %s for no announcement', (announced) => {
    const buffer = new BodyBuffer(announced)
    buffer.add(Uint8Array.of(1))
    buffer.add(Uint8Array.of(2))
    expect([...buffer.toBytes()]).toEqual([1, 2])
  })

  it('puts pieces of any size together, and changes none of them', () => {
    const first = Uint8Array.of(0)
    const buffer = new BodyBuffer(undefined)
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
    const buffer = new BodyBuffer(undefined)
    for (let index = 0; index < 100_001; index++) buffer.add(Uint8Array.of(7))
    expect(buffer.toBytes().buffer.byteLength).toBeLessThanOrEqual(200_002)
  })

  it('sets aside no more than was announced, until more has come', () => {
    const buffer = new BodyBuffer(150)
    for (let index = 0; index < 101; index++) buffer.add(Uint8Array.of(7))
    expect(buffer.toBytes().buffer.byteLength).toBe(128)
    for (let index = 0; index < 40; index++) buffer.add(Uint8Array.of(7))
    expect(buffer.toBytes().buffer.byteLength).toBe(150)
    for (let index = 0; index < 40; index++) buffer.add(Uint8Array.of(7))
    expect(buffer.toBytes()).toEqual(new Uint8Array(181).fill(7))
    // Not once for each piece: what lies about its length must not be copied for every byte.
    expect(buffer.toBytes().buffer.byteLength).toBe(300)
  })

  it('only counts after it was told to let go', () => {
    const buffer = new BodyBuffer(undefined)
    buffer.add(new Uint8Array(5))
    buffer.drop()
    buffer.add(new Uint8Array(5))
    expect([buffer.length, buffer.toBytes().buffer.byteLength]).toEqual([10, 0])
  })
})

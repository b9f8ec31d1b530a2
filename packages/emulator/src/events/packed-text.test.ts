import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { PackedText, Packer } from './packed-text.ts'

const list = Array.from({ length: 500 }, (_, index) => index)

it.each([
  '',
  '{}',
  'naïve “quotes” 🦦 \u0000 \ud800',
  JSON.stringify({ text: 'é'.repeat(100_000), list }),
])('is the same text when it is packed', async (text) => {
  // A lone surrogate is no text: JSON writes it as an escape.
  const json = JSON.stringify(text)
  const packed = new PackedText(json)
  expect(packed.toString()).toBe(json)
  expect([packed.isStill(json), packed.isStill(`${json} `)]).toEqual([true, false])
  new Packer().add(packed)
  await nextTurn()
  await nextTurn()
  expect(packed.toString()).toBe(json)
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesGlob } from './matches-glob.ts'

it.each([
  ['invoice.paid', 'invoice.paid', true],
  ['invoice.paid', 'invoice.*', true],
  ['invoice.paid', '*.paid', true],
  ['invoice.paid', '*', true],
  ['invoice.paid', 'invoice', false],
  ['invoice_payment.paid', 'invoice.*', false],
  ['aba', 'ab*ba', false],
])('%s by %s: %s', (text, pattern, matches) => {
  expect(matchesGlob(text, pattern)).toBe(matches)
})

it('is what a regular expression would say', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.') })
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*') })
  fc.assert(
    fc.property(texts, patterns, (text, pattern) => {
      const source = pattern.replaceAll('.', '[.]').replaceAll('*', '.*')
      expect(matchesGlob(text, pattern)).toBe(new RegExp(`^${source}$`).test(text))
    }),
  )
})

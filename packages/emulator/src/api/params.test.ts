import { describe, expect, it } from 'vitest'
import { errorOf, stripe } from '../emulator.test-setup.ts'
import { mergeMetadata, parseParams } from './params.ts'

describe('metadata', () => {
  it('is merged key by key; an empty value removes its key', async () => {
    const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
    const merged = await stripe.customers.update(id, { metadata: { a: '', c: '3' } })
    expect(merged.metadata).toEqual({ b: '2', c: '3' })
    const removed = await stripe.customers.update(id, { metadata: '' })
    expect(removed.metadata).toEqual({})
  })

  it('takes 50 keys of 40 characters with values of 500', async () => {
    const key = (index: number) => String(index).padStart(40, 'k')
    const pairs = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [key(index), 'v'.repeat(500)]),
      )
    const { id, metadata } = await stripe.customers.create({ metadata: pairs(50) })
    expect(metadata).toEqual(pairs(50))
    const tooMany = await errorOf(stripe.customers.update(id, { metadata: { one: 'x' } }))
    expect(tooMany).toMatchObject({ statusCode: 400, param: 'metadata' })
    const instead = await stripe.customers.update(id, {
      metadata: { one: 'x', [key(0)]: '' },
    })
    expect(Object.keys(instead.metadata)).toHaveLength(50)
  })

  it.each([
    [
      'a key of 41 characters',
      { ['k'.repeat(41)]: 'v' },
      'Metadata keys can have up to 40',
    ],
    ['a value of 501', { k: 'v'.repeat(501) }, 'Metadata values can have up to 500'],
  ])('with %s is refused', async (_, metadata, message) => {
    const refused = await errorOf(stripe.customers.create({ metadata }))
    expect(refused).toMatchObject({
      statusCode: 400,
      param: `metadata[${Object.keys(metadata)[0]}]`,
    })
    expect(refused.message).toContain(message)
  })

  it('has keys without square brackets, and any others', () => {
    expect(() => mergeMetadata({}, { metadata: { 'a[b': '1' } })).toThrow('brackets')
    const metadata = JSON.parse('{"__proto__":"1","a b":"2"}')
    const merged = mergeMetadata({}, { metadata })
    expect(Object.entries(merged)).toEqual([
      ['__proto__', '1'],
      ['a b', '2'],
    ])
  })

  it('holds texts only', () => {
    const params = parseParams('metadata[a][b]=1')
    expect(() => mergeMetadata({}, params)).toThrow('Invalid string: {"b":"1"}')
  })
})

import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { sharedLookup } from './shared-lookup.ts'

function startLookups() {
  const asked: { readonly hostname: string; readonly answer: () => void }[] = []
  const find: LookupFunction = (hostname, _, callback) => {
    asked.push({ hostname, answer: () => callback(null, '127.0.0.1', 4) })
  }
  const found: string[] = []
  const lookup = sharedLookup(find)
  const ask = (hostname: string) =>
    lookup(hostname, { all: true }, (_, address) => found.push(`${hostname} ${address}`))
  return { ask, asked, found }
}

describe('names of webhook endpoints', () => {
  it('are looked up once while nobody answers, and each who waits is told', () => {
    const { ask, asked, found } = startLookups()
    for (const name of ['silent.test', 'silent.test', 'shop.test', 'silent.test'])
      ask(name)
    expect(asked.map(({ hostname }) => hostname)).toEqual(['silent.test', 'shop.test'])
    asked[0]?.answer()
    expect(found).toEqual(Array.from({ length: 3 }, () => 'silent.test 127.0.0.1'))
  })

  it('are looked up again later', () => {
    const { ask, asked } = startLookups()
    ask('shop.test')
    asked[0]?.answer()
    ask('shop.test')
    expect(asked).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { change, changeOf } from './change.ts'

describe('previous attributes', () => {
  it.each<[string, object, object, object | undefined]>([
    ['a field', { a: 1, b: 2 }, { a: 3 }, { a: 1 }],
    ['nothing', { a: 1, list: [1] }, { a: 1, list: [1] }, undefined],
    [
      'keys of a hash alone',
      { hash: { a: 1, b: 2 } },
      { hash: { a: 1, b: 3 } },
      { hash: { b: 2 } },
    ],
    [
      'a new key, as null',
      { metadata: {} },
      { metadata: { a: 'b' } },
      { metadata: { a: null } },
    ],
    [
      'a key that is gone',
      { metadata: { a: 'b' } },
      { metadata: {} },
      { metadata: { a: 'b' } },
    ],
    ['a list as a whole', { list: [1, 2] }, { list: [1, 3] }, { list: [1, 2] }],
    ['a hash that was null', { hash: null }, { hash: { a: 1 } }, { hash: null }],
    ['a hash that becomes null', { hash: { a: 1 } }, { hash: null }, { hash: { a: 1 } }],
  ])('tell %s', (_, before, fields, previous) => {
    expect(change({ ...before }, fields)).toEqual(previous)
  })

  it('are of the whole time between', () => {
    const object: { status: string } = { status: 'draft' }
    const since = changeOf(object)
    object.status = 'open'
    object.status = 'paid'
    expect(since.previousAttributes()).toEqual({ status: 'draft' })
    object.status = 'draft'
    expect(since.previousAttributes()).toBeUndefined()
  })
})

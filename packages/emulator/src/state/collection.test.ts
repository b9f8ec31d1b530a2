import { describe, expect, it } from 'vitest'
import { page } from '../api/list.ts'
import { parseParams } from '../api/params.ts'
import { StripeError } from '../api/stripe-error.ts'
import { Collection } from './collection.ts'

interface Thing {
  readonly id: string
  readonly object: 'thing'
  readonly created: number
  readonly owner: string
}

function collectionOf(count: number): Collection<Thing> {
  const things = new Collection<Thing>('thing', ['owner'])
  for (let index = 0; index < count; index++) {
    const owner = index % 2 === 0 ? 'even' : 'odd'
    things.add({ id: `t_${index}`, object: 'thing', created: index, owner })
  }
  return things
}

function idsOf(things: Collection<Thing>, query: string): readonly string[] {
  return page(things, '/v1/things', parseParams(query)).data.map(({ id }) => id)
}

describe('lists', () => {
  it('are walked from end to end by cursors, both ways, whatever was deleted meanwhile', () => {
    const things = collectionOf(250)
    for (let index = 0; index < 250; index += 3) things.delete(`t_${index}`)
    const all = [...things.newestFirst()].map(({ id }) => id)
    const forward: string[] = []
    for (let more = true; more; ) {
      const after = forward.at(-1)
      const query = after === undefined ? 'limit=7' : `limit=7&starting_after=${after}`
      const found = page(things, '/v1/things', parseParams(query))
      forward.push(...found.data.map(({ id }) => id))
      more = found.has_more
    }
    expect(forward).toEqual(all)
    const backward = [all.at(-1) ?? '']
    for (let more = true; more; ) {
      const query = `limit=7&ending_before=${backward[0]}`
      const found = page(things, '/v1/things', parseParams(query))
      backward.unshift(...found.data.map(({ id }) => id))
      more = found.has_more
    }
    expect(backward).toEqual(all)
  })

  it.each([
    ['created=7', ['t_7']],
    ['created[gt]=7', ['t_9', 't_8']],
    ['created[gte]=7&created[lt]=9', ['t_8', 't_7']],
    ['created[lte]=1', ['t_1', 't_0']],
  ])('are cut by %s', (query, ids) => {
    expect(idsOf(collectionOf(10), query)).toEqual(ids)
  })

  it.each([
    ['limit=0', 'parameter_invalid_integer'],
    ['limit=101', 'parameter_invalid_integer'],
    ['starting_after=t_none', 'resource_missing'],
  ])('refuse %s', (query, code) => {
    const list = () => idsOf(collectionOf(3), query)
    expect(list).toThrow(StripeError)
    expect(list).toThrow(
      expect.objectContaining({ body: expect.objectContaining({ code }) }),
    )
  })
})

describe('indexes', () => {
  it('find by a field, and forget what is gone', () => {
    const things = collectionOf(6)
    things.forget('t_2')
    expect(things.where('owner', 'even').map(({ id }) => id)).toEqual(['t_0', 't_4'])
    expect(things.where('owner', 'nobody')).toEqual([])
  })
})

it('remembers what was deleted, and not what was forgotten', () => {
  const things = collectionOf(2)
  things.delete('t_0')
  things.forget('t_1')
  expect([things.wasDeleted('t_0'), things.wasDeleted('t_1'), things.size]).toEqual([
    true,
    false,
    0,
  ])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matcherOf } from './match-query.ts'
import { parseQuery } from './parse-query.ts'

describe('a search query', () => {
  it.each<[string, object[], string]>([
    [
      'email:"amy@rocketrides.io"',
      [{ field: 'email', operator: ':', value: 'amy@rocketrides.io', isNegated: false }],
      'and',
    ],
    [
      `-status:'active'`,
      [{ field: 'status', operator: ':', value: 'active', isNegated: true }],
      'and',
    ],
    [
      'metadata["key"]:"value"',
      [
        {
          field: 'metadata',
          key: 'key',
          operator: ':',
          value: 'value',
          isNegated: false,
        },
      ],
      'and',
    ],
    ['url:null', [{ field: 'url', operator: ':', value: null, isNegated: false }], 'and'],
    ['url:NULL', [{ field: 'url', operator: ':', value: null, isNegated: false }], 'and'],
    [
      'amount>=1000 currency:"eur"',
      [
        { field: 'amount', operator: '>=', value: 1_000, isNegated: false },
        { field: 'currency', operator: ':', value: 'eur', isNegated: false },
      ],
      'and',
    ],
    [
      'amount<5 or name~"amy"',
      [
        { field: 'amount', operator: '<', value: 5, isNegated: false },
        { field: 'name', operator: '~', value: 'amy', isNegated: false },
      ],
      'or',
    ],
    [
      String.raw`description:"the story called \"The Sky and the Sea.\""`,
      [
        {
          field: 'description',
          operator: ':',
          value: 'the story called "The Sky and the Sea."',
          isNegated: false,
        },
      ],
      'and',
    ],
    [
      `name:'a AND b OR c'`,
      [{ field: 'name', operator: ':', value: 'a AND b OR c', isNegated: false }],
      'and',
    ],
  ])('%s', (query, clauses, combinator) => {
    expect(parseQuery(query)).toEqual({ clauses, combinator })
  })

  it.each([
    ['', 1],
    ['asdf', 5],
    ['email', 6],
    ['email:', 7],
    ['email:amy', 7],
    ['email:"amy', 7],
    ['email:"amy" AND', 13],
    ['email:"amy"name:"b"', 12],
    ['metadata:"a"', 9],
    ['metadata[key]:"a"', 9],
    ['email["a"]:"b"', 6],
    ['(email:"a")', 1],
    ['email="a"', 6],
    ['email:"a" AND OR name:"b"', 15],
  ])('%s is refused at character %i', (query, at) => {
    expect(() => parseQuery(query)).toThrow(
      new RegExp(
        `^We were unable to parse your search query\\. .*\\(At character ${at}:`,
      ),
    )
  })

  it('has AND or OR, not both, and ten clauses at most', () => {
    expect(() => parseQuery('name:"a" AND name:"b" OR name:"c"')).toThrow(
      'both AND and OR',
    )
    expect(() => parseQuery('name:"a" name:"b" OR name:"c"')).toThrow('both AND and OR')
    const clauses = Array.from({ length: 11 }, () => 'name:"a"')
    expect(parseQuery(clauses.slice(1).join(' ')).clauses).toHaveLength(10)
    expect(() => parseQuery(clauses.join(' '))).toThrow('up to 10')
  })

  // The other way round: from clauses that are drawn, to the text that says them.
  it('means what its clauses say, whatever they are', () => {
    const text = fc.oneof(
      fc.constantFrom('amy', 'AMY@x.y', 'null', 'a "b" \\ \'c\'', ''),
      fc.string({ maxLength: 12 }),
    )
    const clause = fc.oneof(
      fc.record({
        field: fc.constantFrom('email', 'name', 'phone'),
        operator: fc.constant(':' as const),
        value: fc.option(text),
      }),
      fc.record({
        field: fc.constantFrom('email', 'name', 'phone'),
        operator: fc.constant('~' as const),
        value: text.filter((part) => part.toLowerCase().length >= 3),
      }),
      fc.record({
        field: fc.constant('created'),
        operator: fc.constantFrom(':', '<', '>', '<=', '>=' as const),
        value: fc.integer({ min: 0, max: 4 }),
      }),
      fc.record({
        field: fc.constant('metadata'),
        key: text,
        operator: fc.constant(':' as const),
        value: fc.option(text),
      }),
    )
    const clauses = fc.array(fc.record({ isNegated: fc.boolean(), clause }), {
      minLength: 1,
      maxLength: 10,
    })
    const customer = fc.record({
      email: fc.option(text),
      name: fc.option(text),
      phone: fc.option(text),
      created: fc.integer({ min: 0, max: 4 }),
      metadata: fc.dictionary(text, text, { maxKeys: 3 }),
    })
    const quote = fc.constantFrom('"', "'")
    fc.assert(
      fc.property(
        clauses,
        fc.constantFrom('AND', 'and', 'OR', 'or', ''),
        quote,
        customer,
        (drawn, combinator, mark, object) => {
          const quoted = (value: string) =>
            `${mark}${value.replace(/["'\\]/g, '\\$&')}${mark}`
          const query = drawn
            .map(({ isNegated, clause: one }) => {
              const key = 'key' in one ? `[${quoted(String(one.key))}]` : ''
              const value =
                typeof one.value === 'string' ? quoted(one.value) : String(one.value)
              return `${isNegated ? '-' : ''}${one.field}${key}${one.operator}${value}`
            })
            .join(combinator === '' ? '  ' : ` ${combinator} `)
          const answers = drawn.map(({ isNegated, clause: one }) => {
            const found =
              'key' in one
                ? Object.getOwnPropertyDescriptor(object.metadata, String(one.key))?.value
                : object[one.field as 'email' | 'created']
            return isNegated !== holds(found, one.operator, one.value)
          })
          const expected =
            combinator.toLowerCase() === 'or'
              ? answers.includes(true)
              : !answers.includes(false)
          expect(matcherOf(parseQuery(query), 'customers')(object)).toBe(expected)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

/** One clause, as naively as it can be said. */
function holds(found: unknown, operator: string, value: string | number | null): boolean {
  const isThere = found !== null && found !== undefined && found !== ''
  if (value === null) return !isThere
  if (typeof value === 'number') {
    const number = Number(found)
    if (operator === ':') return number === value
    const isEqual = operator.endsWith('=') && number === value
    return isEqual || (operator.startsWith('<') ? number < value : number > value)
  }
  if (!isThere) return false
  const [one, other] = [String(found).toLowerCase(), value.toLowerCase()]
  return operator === '~' ? one.split(other).length > 1 : one === other
}

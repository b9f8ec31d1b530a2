import { describe, expect, it } from 'vitest'
import { catalogue, groupOf } from './catalogue.ts'
import { checksOf, fixturesDigest, loadProfile } from './profile.ts'
import { requirements } from './requirements.ts'

const ids = catalogue.map(({ id }) => id)
const profile = loadProfile()

describe('the catalogue', () => {
  it('gives every check an id of its own, in a group that is known', () => {
    expect(new Set(ids).size).toBe(ids.length)
    const groups = new Set(ids.map(groupOf))
    expect([...groups].sort()).toEqual([
      'cards',
      'dispatch',
      'http',
      'idempotency',
      'signature',
    ])
  })

  it('depends on nothing that does not exist', () => {
    for (const { dependsOn } of catalogue)
      for (const id of dependsOn) expect(ids).toContain(id)
  })
})

describe('the ledger', () => {
  it('has a row for every check, and a check or a reason for every row', () => {
    const used = new Set(catalogue.map(({ requirement }) => requirement))
    for (const id of used) expect([...requirements().keys()]).toContain(id)
    for (const { id, excluded } of requirements().values()) {
      expect([id, used.has(id)]).toEqual([id, excluded === undefined])
    }
  })

  it('names a source for every row', () => {
    for (const { from, url, sentence } of requirements().values()) {
      expect(sentence).toMatch(/\.$/)
      expect(url).toMatch(from === 'house' ? /^conformance\/README\.md#/ : /^https:\/\//)
    }
  })
})

describe('the profile', () => {
  it('gives every check a level, and no other', () => {
    expect(Object.keys(profile.levels).sort()).toEqual([...ids].sort())
  })

  it('has at least 40 checks in it', () => {
    expect(ids.length).toBeGreaterThanOrEqual(40)
  })

  it('names only checks in its subsets', () => {
    for (const subset of Object.values(profile.subsets)) {
      for (const id of subset) expect(ids).toContain(id)
    }
  })

  it('runs in a variant what belongs there', () => {
    const idsOf = (variant: string) =>
      checksOf(profile, variant, catalogue).map(({ id }) => id)
    expect(idsOf('parser-drops-bytes')).toEqual([
      'webhook.signature.lost-bytes-fail-loudly',
    ])
    expect(idsOf('parser-keeps-bytes')).toContain(
      'webhook.signature.lossy-kept-body-refused',
    )
    expect(idsOf('default')).toHaveLength(ids.length - 2)
    expect(idsOf('behind-express')).toEqual(idsOf('default'))
  })

  it('is known by name', () => {
    expect(() => loadProfile('2020-01')).toThrow('there is: 2026-11-draft')
  })
})

describe('the fixtures', () => {
  // They are tested by their bytes: an editor that formats them must not go unnoticed.
  it('are the bytes that they were', () => {
    expect(fixturesDigest()).toBe(profile.fixtures)
  })
})

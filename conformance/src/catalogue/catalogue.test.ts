import { describe, expect, it } from 'vitest'
import { catalogue, groupOf } from './catalogue.ts'
import { checksOf, fixturesDigest, isApplicable, loadProfile } from './profile.ts'
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

  it('names only checks and groups in its subsets', () => {
    const groups = ids.map((id) => id.replace(/[^.]+$/, '*'))
    for (const subset of Object.values(profile.subsets)) {
      for (const part of subset) expect([...ids, ...groups]).toContain(part)
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
    for (const variant of ['sqlite', 'postgres', 'durable']) {
      expect(idsOf(variant)).toEqual(
        ids.filter((id) => ['dispatch', 'idempotency'].includes(groupOf(id))),
      )
    }
  })

  it.each([
    ['webhook.idempotency.once-across-restart', [], false],
    ['webhook.idempotency.once-across-restart', ['durable-store'], true],
    ['webhook.idempotency.acknowledges-after-commit', [], true],
    ['webhook.idempotency.acknowledges-after-commit', ['durable-processing'], false],
    ['webhook.idempotency.duplicate-once', ['durable-processing'], true],
  ])('asks %s of a target with the features %j: %s', (id, features, isAsked) => {
    const asked = catalogue.filter((one) => isApplicable(one, profile, features))
    expect(asked.some((one) => one.id === id)).toBe(isAsked)
  })

  it('lets no other feature be absent', () => {
    const strict = { optionalFeatures: [] }
    const isAsked = (id: string) =>
      catalogue.some((one) => one.id === id && isApplicable(one, strict, []))
    expect(isAsked('webhook.idempotency.once-across-restart')).toBe(true)
    expect(isAsked('webhook.idempotency.acknowledges-after-commit')).toBe(false)
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

import { describe, expect, it } from 'vitest'
import type { CheckResult, Outcome, Verdict } from './report.ts'
import { exitCodeOf, type VerdictFacts, verdictOf } from './verdict.ts'

const check = (level: CheckResult['level'], outcome: Outcome): CheckResult => ({
  id: `${level} ${outcome}`,
  level,
  outcome,
  durationMs: 0,
})
const passed = check('MUST', 'passed')

const whole: VerdictFacts = {
  isFiltered: false,
  isRemote: false,
  isWithoutStripeMock: false,
  hasCrashed: false,
}

describe('verdictOf', () => {
  it.each<[string, readonly CheckResult[], Partial<VerdictFacts>, Verdict]>([
    ['everything passed', [passed, check('SHOULD', 'passed')], {}, 'conformant-strict'],
    ['a SHOULD failed', [passed, check('SHOULD', 'failed')], {}, 'conformant'],
    [
      'a SHOULD could not be tested',
      [passed, check('SHOULD', 'untestable')],
      {},
      'incomplete',
    ],
    ['a SHOULD broke', [passed, check('SHOULD', 'errored')], {}, 'incomplete'],
    ['a SHOULD was skipped', [passed, check('SHOULD', 'skipped')], {}, 'incomplete'],
    [
      'a MAY could not be tested',
      [passed, check('MAY', 'untestable')],
      {},
      'conformant-strict',
    ],
    ['it crashed', [passed], { hasCrashed: true }, 'non-conformant'],
    ['an INFO failed', [passed, check('INFO', 'failed')], {}, 'conformant-strict'],
    ['a MAY failed', [passed, check('MAY', 'failed')], {}, 'conformant-strict'],
    ['a MUST failed', [passed, check('MUST', 'failed')], {}, 'non-conformant'],
    [
      'a MUST could not be tested',
      [passed, check('MUST', 'untestable')],
      {},
      'incomplete',
    ],
    ['a MUST was skipped', [passed, check('MUST', 'skipped')], {}, 'incomplete'],
    ['a MUST broke', [passed, check('MUST', 'errored')], {}, 'incomplete'],
    [
      'a MUST does not apply',
      [passed, check('MUST', 'inapplicable')],
      {},
      'conformant-strict',
    ],
    ['nothing ran', [], {}, 'incomplete'],
    ['checks were left out', [passed], { isFiltered: true }, 'partial'],
    [
      'checks were left out and one failed',
      [check('MUST', 'failed')],
      { isFiltered: true },
      'non-conformant',
    ],
    [
      'it runs elsewhere',
      [passed, check('MUST', 'untestable')],
      { isRemote: true },
      'partial',
    ],
    [
      'checks were left out and one could not be tested',
      [passed, check('MUST', 'untestable')],
      { isFiltered: true },
      'incomplete',
    ],
    [
      'it runs elsewhere and what was asked for could not be tested',
      [passed, check('MUST', 'untestable')],
      { isRemote: true, isFiltered: true },
      'incomplete',
    ],
    [
      'it runs elsewhere and a check broke',
      [check('MUST', 'errored')],
      { isRemote: true },
      'incomplete',
    ],
    ['stripe-mock is off', [passed], { isWithoutStripeMock: true }, 'incomplete'],
    [
      'stripe-mock is off and one failed',
      [check('MUST', 'failed')],
      { isWithoutStripeMock: true },
      'non-conformant',
    ],
  ])('when %s', (_, results, facts, verdict) => {
    expect(verdictOf(results, { ...whole, ...facts })).toBe(verdict)
  })
})

describe('exitCodeOf', () => {
  const target = (verdict: Verdict) => ({
    verdict,
    checks: verdict === 'conformant' ? [check('SHOULD', 'failed')] : [passed],
  })
  it.each<[readonly Verdict[], boolean, number]>([
    [['conformant', 'conformant-strict', 'partial'], false, 0],
    [['conformant', 'conformant-strict'], true, 1],
    [['conformant-strict', 'partial'], true, 0],
    [['incomplete', 'non-conformant'], false, 1],
    [['conformant', 'incomplete'], false, 3],
    [[], false, 3],
  ])('%j, strict: %s', (verdicts, isStrict, code) => {
    expect(exitCodeOf(verdicts.map(target), isStrict)).toBe(code)
  })

  it('is 1 for a SHOULD that failed among those that were asked for, when strict', () => {
    const filtered = { verdict: 'partial', checks: [check('SHOULD', 'failed')] } as const
    expect([exitCodeOf([filtered], false), exitCodeOf([filtered], true)]).toEqual([0, 1])
  })
})

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { CheckResult, TargetReport } from '../src/report/report.ts'
import { benignControls } from './benign.ts'
import { judgeMutant, judgeTrivial } from './judge.ts'
import { applyEdit, edit, type Mutant } from './mutant.ts'
import { suiteMutants } from './suite-mutants.ts'

const repository = new URL('../../', import.meta.url)

describe('applyEdit', () => {
  it('changes what stands in a file once', () => {
    expect(applyEdit('a $1 c', edit('file.ts', '$1', '$&'))).toBe('a $& c')
  })

  it.each(['', 'b b'])(
    'throws when it stands there another number of times: %j',
    (source) => {
      expect(() => applyEdit(source, edit('file.ts', 'b', 'x'))).toThrow(
        /file\.ts holds "b" \d times/,
      )
    },
  )
})

describe('every mutant and benign control', () => {
  it('has an id of its own', () => {
    const ids = [...suiteMutants, ...benignControls].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  // A change of a source shows here at once, and not only when the kill matrix runs.
  it.each([...suiteMutants, ...benignControls])('applies: $id', async ({ apply }) => {
    const sources = new Map<string, string>()
    for (const one of apply) {
      const { file } = one
      const source =
        sources.get(file) ?? (await readFile(new URL(file, repository), 'utf8'))
      sources.set(file, applyEdit(source, one))
    }
    expect(sources.size).toBeGreaterThan(0)
  })
})

describe('judgeMutant', () => {
  const mutant: Mutant = {
    id: 'm',
    defect: 'd',
    base: 'express-5',
    apply: [],
    kills: { 'expected a 4xx': ['a'] },
  }
  const check = (id: string, change: Partial<CheckResult> = {}): CheckResult => ({
    id,
    level: 'MUST',
    outcome: 'passed',
    durationMs: 0,
    ...change,
  })
  const failed = { outcome: 'failed', message: 'expected a 4xx, got 200' } as const
  const judge = (
    checks: readonly CheckResult[],
    change: Partial<TargetReport & Mutant> = {},
  ) =>
    judgeMutant({ ...mutant, ...change }, { ...({} as TargetReport), ...change, checks })

  it('is content when exactly the named checks failed as named', () => {
    const checks = [check('a', failed), check('b'), check('c', { outcome: 'untestable' })]
    expect(judge(checks)).toEqual({ killed: ['a'], problems: [] })
  })

  it('does not mind an INFO', () => {
    expect(
      judge([check('a', failed), check('b', { ...failed, level: 'INFO' })]).problems,
    ).toEqual([])
  })

  it.each<[string, readonly CheckResult[], Partial<TargetReport & Mutant>, RegExp]>([
    ['a named check passed', [check('a')], {}, /^a passed$/],
    [
      'a named check could not be tested',
      [check('a', { outcome: 'untestable' })],
      {},
      /^a untestable$/,
    ],
    [
      'a named check failed otherwise',
      [check('a', { ...failed, message: 'other' })],
      {},
      /failed with "other"/,
    ],
    ['a named check broke', [check('a', { outcome: 'errored' })], {}, /^a errored/],
    [
      'another check failed',
      [check('a', failed), check('b', failed)],
      {},
      /^b failed as well/,
    ],
    ['a named check did not run', [], {}, /^a did not run$/],
    ['it names none', [check('a')], { kills: {} }, /names no check/],
    ['it did not start', [], { problem: 'it ended with 1' }, /it ended with 1/],
  ])('complains when %s', (_, checks, change, message) => {
    expect(judge(checks, change).problems.join('\n')).toMatch(message)
  })
})

describe('judgeTrivial', () => {
  const liar = { name: 'liar', problem: 'answered 200 to a wrong token' }
  it.each<
    [Parameters<typeof judgeTrivial>[0], Parameters<typeof judgeTrivial>[1], boolean]
  >([
    [{ name: 'echo' }, { verdict: 'non-conformant' }, true],
    [{ name: 'echo' }, { verdict: 'incomplete', problem: 'it ended with 1' }, false],
    [{ name: 'echo' }, { verdict: 'conformant' }, false],
    [liar, { verdict: 'incomplete', problem: `the manifest ${liar.problem}, …` }, true],
    [liar, { verdict: 'incomplete', problem: 'it ended with 1' }, false],
    [liar, { verdict: 'non-conformant' }, false],
  ])('%j that is %j counts as caught: %s', (trivial, report, isCaught) => {
    expect(judgeTrivial(trivial, report) === undefined).toBe(isCaught)
  })
})

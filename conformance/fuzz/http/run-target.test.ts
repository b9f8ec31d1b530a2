import { describe, expect, it } from 'vitest'
import { runTarget, type TargetOptions } from './run-target.ts'

const module = new URL('broken-target.test-setup.ts', import.meta.url).href

function fuzz(variant: string, options: Partial<TargetOptions> = {}) {
  // The rest of the time would be waiting.
  const patience = variant.startsWith('never') ? { patienceMs: 2_500 } : {}
  const subject = { name: 'broken', module, variant, isInHost: true, ...patience }
  return runTarget(subject, {
    seed: 1,
    cases: 192,
    onProgress: () => {},
    signal: new AbortController().signal,
    ...options,
  })
}

describe.concurrent('runTarget', () => {
  it('finds nothing in a server that is right', async () => {
    const { done, acted, violation } = await fuzz('right')
    expect(violation).toBeUndefined()
    expect(done).toBe(192)
    expect(acted).toBeGreaterThan(192 / 3)
  })

  it.each([
    [
      'answers a second signature with 500',
      /answered with 500/,
      /^signature-twice$|^repeat/,
    ],
    ['ends for an encoded body', /process has ended with 7/, /encoding$|^odd-header$/],
    ['never answers a chunked body', /was not answered within/, /chunk|framing|encoding/],
    // Node hands on every chunk by itself, however they arrive.
    ['reads what comes first', /valid request was answered with 400/, /^cut|^chunked$/],
    [
      'believes every sender',
      /no secret has signed|had to be refused|wrong signature was answered/,
      /./,
    ],
  ])(
    'finds a server that %s, and the steps that show it',
    async (variant, problem, step) => {
      const { violation, index = -1 } = await fuzz(variant)
      expect(violation?.problem).toMatch(problem)
      const steps = violation?.subject?.steps ?? []
      expect(steps.length).toBeGreaterThan(0)
      for (const { name } of steps) expect(name).toMatch(step)
      // Writes that the system joins on their way do not arrive apart, so a replay may need
      // more than one try on a busy machine.
      let again = await fuzz(variant, { only: index })
      for (let tries = 1; tries < 10 && again.violation === undefined; tries++) {
        again = await fuzz(variant, { only: index })
      }
      expect(again.violation?.problem).toMatch(problem)
    },
    // Each step that is left out starts a server anew, and they all do so side by side.
    120_000,
  )

  it('finds a server that keeps a megabyte of every request', async () => {
    const { violation, memory } = await fuzz('keeps a megabyte')
    expect(violation?.problem).toMatch(/after 192 cases \d+ bytes are in use/)
    expect(memory).toHaveLength(2)
  })

  it('says why a target does not start', async () => {
    const subject = {
      name: 'none',
      module: 'file:///none.ts',
      variant: '',
      isInHost: true,
    }
    const options = { seed: 1, cases: 1, onProgress: () => {} }
    const { signal } = new AbortController()
    await expect(runTarget(subject, { ...options, signal })).rejects.toThrow(
      /none did not start: .*none\.ts/s,
    )
  })
})

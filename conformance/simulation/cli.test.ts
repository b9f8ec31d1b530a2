import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { describeViolation } from './describe-violation.ts'
import { simulate } from './simulate.ts'

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))

function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

describe('the command line of the simulation', () => {
  it('ends with the figure', async () => {
    const { code, stdout, stderr } = await run('--seeds', '300', '--seed', '7')
    expect(stdout).toMatch(
      /^simulation: 300 worlds with \d+ steps, every promise held, seeds from 7, [\d.]+ s, \d+ worlds a second\n$/,
    )
    expect(stderr).toContain('seed 7\n')
    expect(code).toBe(0)
  })

  it('shows one world step by step, the same as anywhere', async () => {
    const { code, stdout } = await run('--seed', '7', '--seeds', '1', '--trace')
    const { trace } = await simulate(7, { isTraced: true })
    expect(stdout).toContain(trace.join('\n'))
    expect(code).toBe(0)
  })

  it.each([
    ['--help', 0],
    ['--nonsense', 2],
    ['--seeds=-1', 2],
    ['--seed=4294967296', 2],
  ])('answers %s with exit code %i', async (flag, code) => {
    expect((await run(flag)).code).toBe(code)
  })
})

describe('the report of a world that went wrong', () => {
  it('has its seed, what was broken, the last steps, and how to see it again', async () => {
    const { plan } = await simulate(1)
    const before = Array.from({ length: 100 }, (_, index) => `step ${index}`)
    const report = describeViolation({
      seed: 12,
      steps: 101,
      fingerprint: 0,
      plan,
      violation: { invariant: 'nothing waits for ever', what: 'evt_1 is received' },
      trace: [...before, 'VIOLATED: nothing waits for ever', 'what came after'],
    })
    expect(report).toMatch(/^✗ seed 12: nothing waits for ever\n {2}evt_1 is received\n/)
    expect(report).toContain('… 21 steps before …\n  step 21\n')
    expect(report).toContain('  step 99\n  VIOLATED')
    expect(report).not.toContain('what came after')
    expect(report).toMatch(/npm run simulate -- --seed 12 --trace$/)
  })
})

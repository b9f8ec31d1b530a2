import { describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

describe('the command line', () => {
  it.each([
    ['--help', 0],
    ['--nonsense', 2],
    ['--kills=-1', 2],
    ['--kills=1e3', 2],
    ['--store=memory', 2],
    ['--seed=4294967296', 2],
  ])('answers %s with exit code %i', async (flag, code) => {
    expect(await runCli([flag])).toBe(code)
  })
})

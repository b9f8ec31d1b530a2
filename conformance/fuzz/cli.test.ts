import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))

function run(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

describe('the command line', () => {
  it('ends with the figure, and prints the same shares for the same seed', async () => {
    const args = ['--only', 'verifier', '--cases', '2000', '--seed', '7']
    const [first, second] = await Promise.all([run(...args), run(...args)])
    expect(first.code).toBe(0)
    expect(first.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^fuzz: 2000 verifier cases, no difference, seed 7, \d+ s$/,
    )
    expect(first.stdout.split('\n')[0]).toBe(second.stdout.split('\n')[0])
    expect(first.stderr).toContain('seed 7')
  })

  it('says which seed it has chosen', async () => {
    const { code, stderr, stdout } = await run('--only', 'verifier', '--cases', '10')
    expect(code).toBe(0)
    expect(stdout).toContain(`${/seed \d+/.exec(stderr)?.[0]}, `)
  })

  it('puts cases to one real target', async () => {
    const args = ['--only', 'http', '--target', 'koa-3', '--http-cases', '40']
    const { code, stdout } = await run(...args, '--seed', '1')
    expect(stdout).toMatch(/^koa-3: 40 cases, \d+ events acted/)
    expect(stdout).toMatch(/\nfuzz: 40 HTTP cases, no difference, seed 1, \d+ s\n$/)
    expect(code).toBe(0)
  })

  it.each([
    ['--help', 0],
    ['--nonsense', 2],
    ['--cases=-1', 2],
    ['--cases=1e3', 2],
    ['--seed=4294967296', 2],
    ['--only=nothing', 2],
    ['--target=fastify', 2],
    ['--path=x', 2],
  ])('answers %s with exit code %i', async (flag, code) => {
    expect((await run(flag)).code).toBe(code)
  })
})

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
}

const figure = {
  id: expect.any(String),
  value: expect.any(Number),
  unit: expect.any(String),
  spread: [expect.any(Number), expect.any(Number)],
}
const metric = {
  ...figure,
  goal: expect.any(Number),
  direction: expect.stringMatching(/^at-(most|least)$/),
  met: expect.any(Boolean),
}

describe('bench', () => {
  it('writes every metric with its goal, and says that quick figures mean nothing', () => {
    const file = join(folder, 'both.json')
    const { status, stdout, stderr } = run('verify', 'reject', '--quick', '--json', file)
    expect({ status, stderr }).toMatchObject({ status: 0 })
    expect(stdout).toContain('The figures mean nothing.')
    const results = JSON.parse(readFileSync(file, 'utf8'))
    expect(results).toMatchObject([
      { name: 'verify', rounds: 2 },
      { name: 'reject', rounds: 2 },
    ])
    for (const { metrics, figures } of results) {
      expect(metrics.length).toBeGreaterThan(0)
      for (const found of metrics) expect(found).toMatchObject(metric)
      for (const found of figures) expect(found).toMatchObject(figure)
    }
  })

  it('writes one object for one name', () => {
    const file = join(folder, 'one.json')
    expect(run('reject', '--quick', '--json', file).status).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'reject' })
  })

  it.each([
    ['an unknown name', ['nope'], 'verify, reject, server, adapters, memory'],
    ['too few rounds', ['verify', '--rounds', '8'], 'from 9 to 1000'],
    ['an unknown option', ['--fast'], '--help'],
  ])('exits with 2 for %s, and says what there is', (_, args, message) => {
    const { status, stderr } = run(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
  })

  it('explains itself', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    for (const word of ['name', '--json', '--rounds', '--quick', '--strict'])
      expect(stdout).toContain(word)
  })
})

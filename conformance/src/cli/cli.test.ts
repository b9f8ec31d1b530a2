import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../runner/free-port.ts'
import { runCommandLine } from './command-line.test-setup.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const node = process.execPath
const independent = `exec "${node}" "${join(root, 'targets/independent/server.ts')}"`
const trivial = (behaviour: string) =>
  `exec "${node}" "${join(root, 'mutants/trivial/server.ts')}" ${behaviour}`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCommandLine(folder, args, env)

describe('exit codes', () => {
  it.each<[number, readonly string[], RegExp]>([
    [0, ['--help'], /Usage: countersign-conformance/],
    [0, ['run', '--help'], /--reporter/],
    [0, ['--version'], /^\d+\.\d+\.\d+/],
    [0, ['list'], /checks of profile 2026-11-draft/],
    [0, ['explain', 'webhook.signature.rejects-stale'], /five minutes/],
    [2, ['explain', 'rejects-stale'], /do you mean webhook\.signature\.rejects-stale/],
    [2, ['list', '--profile', 'never'], /there is no profile never/],
    [2, ['run', '--nonsense'], /unknown option '--nonsense'/],
    [2, ['run'], /conformance\.config\.ts or conformance\.config\.js was not found/],
    [2, ['run', '--config', 'a', '--command', 'b'], /give one of/],
    [
      2,
      ['run', '--command', independent, '--only', 'nothing.*'],
      /no check matches nothing\.\*/,
    ],
    [
      2,
      ['run', '--command', independent, '--target', 'other'],
      /there is no target other/,
    ],
    [
      2,
      ['run', '--command', independent, '--reporter', 'xml'],
      /there is no reporter xml/,
    ],
    [2, ['run', '--command', independent, '--reporter', 'json'], /--reporter json=FILE/],
    [2, ['run', '--command', independent, '--repeat', '0'], /at least 1/],
    [2, ['run', '--url', 'http://127.0.0.1:9'], /CONFORMANCE_TOKEN/],
    [
      2,
      ['run', '--url', 'localhost:3000'],
      /http:\/\/ or https:\/\/ URL, not localhost:3000/,
    ],
    [
      2,
      ['run', '--command', independent, '--reporter', 'json=no/such/folder/r.json'],
      /cannot be written to "no\/such\/folder\/r\.json"/,
    ],
    [
      2,
      ['run', '--command', independent, '--reporter', 'json='],
      /cannot be written to ""/,
    ],
    [
      0,
      ['run', '--command', independent, '--only', 'webhook.dispatch.*', '--strict'],
      /partial/,
    ],
    [0, ['run', '--command', independent], /1 of 1 targets conformant/],
    [0, ['run', '--command', independent, '--only', 'webhook.dispatch.*'], /partial/],
    [1, ['run', '--command', trivial('always-200')], /non-conformant/],
    [3, ['run', '--command', 'exit 7'], /it ended with 7/],
    [
      3,
      ['run', '--command', independent, '--variant', 'unknown'],
      /does not name the variant/,
    ],
    [
      3,
      ['run', '--command', independent, '--stripe-mock', 'off'],
      /no request was validated/,
    ],
    [
      3,
      ['run', '--command', independent, '--stripe-mock', 'http://127.0.0.1:9'],
      /does not answer/,
    ],
  ])('%i for %j', async (expected, args, text) => {
    const { code, stdout, stderr } = await run(args)
    expect(stdout + stderr).toMatch(text)
    expect(code).toBe(expected)
  })

  it('3 in under 5 seconds when stripe-mock cannot be had, with the ways to get it', async () => {
    const nothing = {
      PATH: '/nowhere',
      HOME: folder,
      STRIPE_MOCK_URL: '',
      STRIPE_MOCK_BINARY: '',
    }
    const { code, stderr, ms } = await run(['run', '--command', independent], nothing)
    expect(stderr).toMatch(
      /stripe-mock .* was not found[\s\S]*go\.dev[\s\S]*brew[\s\S]*docker/,
    )
    expect(code).toBe(3)
    expect(ms).toBeLessThan(5_000)
  })
})

describe('run', () => {
  it('writes reports, and shows what failed with all that is needed to mend it', async () => {
    const json = join(folder, 'report.json')
    const junit = join(folder, 'junit.xml')
    const args = [
      'run',
      '--command',
      trivial('always-400'),
      '--reporter',
      `json=${json},junit=${junit}`,
    ]
    const { stdout } = await run(args)
    const report = JSON.parse(await readFile(json, 'utf8'))
    expect(report.targets).toMatchObject([{ name: 'command', verdict: 'non-conformant' }])
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="command default"')
    for (const part of [
      'webhook.signature.accepts-valid',
      'WH-SIG-01',
      'expected     a 2xx',
      'got          400',
      'fix ',
      'exchange ',
      'reproduce ',
    ]) {
      expect(stdout).toContain(part)
    }
    expect(stdout).not.toMatch(/whsec_[0-9a-zA-Z]/)
  })

  it('repeats, with another order each time', async () => {
    const args = [
      'run',
      '--command',
      independent,
      '--only',
      'webhook.dispatch.*',
      '--repeat',
      '3',
    ]
    const { code, stderr, stdout } = await run(args)
    expect([code, stderr]).toEqual([0, expect.stringContaining('3 of 3 rounds run')])
    expect(stdout).toContain('seed 3')
  })

  it('takes targets from a configuration', async () => {
    const config = join(folder, 'conformance.config.js')
    const target = { command: independent, variants: ['default'] }
    await writeFile(
      config,
      `export default { targets: { mine: ${JSON.stringify(target)} } }`,
    )
    const { code, stdout } = await run(['run', '--only', 'webhook.http.chunked'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^mine +\d/m)])
    await rm(config)
  })

  it('runs against a target that runs already, as far as that goes', async () => {
    const secrets = {
      CONFORMANCE_TOKEN: 'a-token',
      STRIPE_WEBHOOK_SECRETS: 'whsec_a,whsec_b',
    }
    const port = await freePort()
    const server = spawn(node, [join(root, 'targets/independent/server.ts')], {
      env: {
        ...process.env,
        ...secrets,
        PORT: String(port),
        STRIPE_API_BASE: 'http://127.0.0.1:9',
        STRIPE_SECRET_KEY: 'sk_test_x',
        CONFORMANCE_BODY_TIMEOUT_MS: '500',
      },
    })
    try {
      const { code, stdout } = await run(
        ['run', '--url', `http://127.0.0.1:${port}`],
        secrets,
      )
      expect([code, stdout]).toEqual([0, expect.stringMatching(/partial/)])
      expect(stdout).toMatch(/67 more could not be tested/)
    } finally {
      server.kill()
    }
  })
})

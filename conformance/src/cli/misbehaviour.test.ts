// Targets that do what no target should: each costs its own result, and never that of another.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Report } from '../report/report.ts'
import { runCommandLine } from './command-line.test-setup.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const independent = `exec "${process.execPath}" "${join(root, 'targets/independent/server.ts')}"`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-misbehaviour-'))
  await writeFile(join(folder, 'honest.mjs'), honest)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A server that is honest about itself and acknowledges every webhook. */
const honest = `
  import { createServer } from 'node:http'
  import { createHarness } from ${JSON.stringify(join(root, 'src/target.ts'))}
  export const described = {
    implementation: { name: 'x', version: '1', language: 'javascript', framework: 'none', frameworkVersion: '1', url: 'https://example.com' },
    features: [],
    variants: ['default'],
  }
  export async function serve(environment, intercept = () => false, target = described) {
    const harness = createHarness(environment, target)
    const server = createServer((request, response) => {
      if (intercept(request, response)) return
      if (request.url.endsWith('/webhooks/stripe')) request.resume().on('end', () => response.end())
      else harness.middleware(request, response, () => response.writeHead(404).end())
    })
    await new Promise((resolve) => server.listen(environment.port, '127.0.0.1', resolve))
    return {
      url: 'http://127.0.0.1:' + server.address().port,
      stop: async () => { server.close(); server.closeAllConnections() },
    }
  }
`

/** Runs a configuration with these targets, written in JavaScript, and gives its report. */
async function runTargets(targets: string, args: readonly string[] = []) {
  const config = `import { appendFileSync } from 'node:fs'\nimport { described, serve } from './honest.mjs'\nexport default { targets: { ${targets} } }`
  await writeFile(join(folder, 'conformance.config.js'), config)
  const reporter = ['--reporter', 'json=report.json,junit=junit.xml']
  const result = await runCommandLine(folder, ['run', ...reporter, ...args])
  const json = await readFile(join(folder, 'report.json'), 'utf8')
  const junit = await readFile(join(folder, 'junit.xml'), 'utf8')
  return { ...result, json, junit, report: JSON.parse(json) as Report }
}

const SMOKE = ['--only', 'webhook.signature.accepts-valid']

describe('a target that misbehaves', () => {
  it('costs its own result only, whatever it does', async () => {
    const { code, report, stderr } = await runTargets(
      `
      'never-starts': { ...described, start: () => new Promise(() => {}) },
      'throws': { ...described, start() { throw new Error('no database') } },
      'no-effects': { ...described, start: (env) => serve(env, (request, response) => request.url.includes('/effects') && response.writeHead(404).end()) },
      'late': { ...described, start: (env) => { let count = 0; return serve(env, (request, response) => count++ < 3 && response.writeHead(503).end()) } },
      'no-such-folder': { command: 'true', cwd: '/nonexistent', variants: ['default'] },
      'good': { command: ${JSON.stringify(independent)} },
      `,
      [...SMOKE, '--start-timeout', '4000'],
    )
    const found = report.targets.map(({ name, framework, verdict, problem = '' }) => [
      name,
      framework,
      verdict,
      /nothing happened within 4000 ms|no database|answered 404|could not be started/.exec(
        problem,
      )?.[0],
    ])
    expect(found).toEqual([
      ['never-starts', 'none', 'incomplete', 'nothing happened within 4000 ms'],
      ['throws', 'none', 'incomplete', 'no database'],
      ['no-effects', 'none', 'incomplete', 'answered 404'],
      // It has no effects to show; what counts is that it was waited for.
      ['late', 'none', 'non-conformant', undefined],
      ['no-such-folder', 'unknown', 'incomplete', 'could not be started'],
      ['good', 'node', 'partial', undefined],
    ])
    expect([code, stderr]).toEqual([1, ''])
  })

  it('and throws what nobody catches is not conformant, and the next one runs', async () => {
    const { code, report, stdout } = await runTargets(
      `
      crashes: { ...described, start: (env) => serve(env, (request) => { if (request.url.endsWith('/webhooks/stripe')) setImmediate(() => { throw new Error('nobody caught this') }) }) },
      rejects: { ...described, start: (env) => serve(env, (request) => { if (request.url.endsWith('/webhooks/stripe')) Promise.reject(new Error('nobody caught this')) }) },
      good: { command: ${JSON.stringify(independent)} },
      `,
      SMOKE,
    )
    expect(report.targets.map(({ verdict }) => verdict)).toEqual([
      'non-conformant',
      'non-conformant',
      'partial',
    ])
    expect(stdout).toMatch(/it threw what nobody caught: Error: nobody caught this/)
    expect(code).toBe(1)
  })

  it('does not keep the command from ending', async () => {
    const { code, ms, stderr } = await runTargets(
      `
      'never-stops': { ...described, start: async (env) => ({ ...await serve(env), stop: () => new Promise(() => {}) }) },
      'fails-to-stop': { ...described, start: async (env) => ({ ...await serve(env), stop: () => Promise.reject(new Error('busy with ' + env.token)) }) },
      'leaves-a-timer': { ...described, start: async (env) => { setInterval(() => {}, 1000); return serve(env) } },
      `,
      ['--only', 'webhook.http.sibling-keeps-parsed-body'],
    )
    expect(code).toBe(1)
    expect(ms).toBeLessThan(20_000)
    expect(stderr).toMatch(
      /never-stops did not stop[\s\S]*fails-to-stop did not stop: Error: busy with \[redacted\]/,
    )
  })

  it('shows no secret in any report, and cannot steer the terminal', async () => {
    const file = join(folder, 'secrets')
    const leak = `(appendFileSync(${JSON.stringify(file)}, [env.token, env.stripeSecretKey, ...env.webhookSecrets, ''].join('\\n')), [env.token, env.stripeSecretKey, ...env.webhookSecrets, btoa(env.token), btoa(env.webhookSecrets[1])].join(' '))`
    const { json, junit, stdout } = await runTargets(`
      throws: { ...described, start(env) { env.log('log ' + ${leak}); throw new Error('error \x1b[31m ' + ${leak}) } },
      talks: { ...described, start: (env) => serve(env, (request, response) => request.url.endsWith('/webhooks/stripe') && request.resume().on('end', () => response.writeHead(400).end('x'.repeat(150) + ${leak}))) },
    `)
    const secrets = (await readFile(file, 'utf8')).trim().split('\n')
    expect(secrets.length).toBeGreaterThan(8)
    for (const text of [json, junit, stdout]) {
      expect(text).toContain('[redacted]')
      for (const secret of secrets) {
        // Not even a part of one, as it is or in base64.
        for (const form of [secret.slice(0, 20), btoa(secret).slice(0, 20)])
          expect(text.includes(form)).toBe(false)
      }
    }
    expect(stdout).not.toContain('\x1b[31m')
  })
})

describe('a target that is a command', () => {
  it('runs in every variant that its manifest names', async () => {
    const server = join(folder, 'two-variants.mjs')
    await writeFile(
      server,
      `import { described, serve } from './honest.mjs'
       import { readProcessEnvironment } from ${JSON.stringify(join(root, 'src/target.ts'))}
       await serve(readProcessEnvironment(process.env), undefined, { ...described, variants: ['default', 'behind-proxy'] })`,
    )
    const command = `exec "${process.execPath}" "${server}"`
    const { report } = await runTargets(
      `both: { command: ${JSON.stringify(command)} }`,
      SMOKE,
    )
    expect(report.targets.map(({ variant }) => variant)).toEqual([
      'default',
      'behind-proxy',
    ])
  })

  it('is no whole target when its default variant is left out', async () => {
    const { report } = await runTargets(
      `part: { command: ${JSON.stringify(independent)}, variants: ['other'] }`,
    )
    expect(report.targets[0]?.verdict).toBe('incomplete')
  })

  /** The shell command of a server that ignores SIGTERM, and the port on which it listens once it does. */
  async function stubborn(name: string, body: string) {
    const portFile = join(folder, `port-${name}`)
    const server = join(folder, `${name}.mjs`)
    await writeFile(
      server,
      `import { writeFileSync } from 'node:fs'
       import { createServer } from 'node:net'
       import { serve } from './honest.mjs'
       import { readProcessEnvironment } from ${JSON.stringify(join(root, 'src/target.ts'))}
       process.on('SIGTERM', () => {}).on('SIGINT', () => {})
       ${body}
       writeFileSync(process.argv[2], process.env.PORT)`,
    )
    return {
      command: `"${process.execPath}" "${server}" "${portFile}"; true`,
      isUp: () => existsSync(portFile),
      /** Waits until nobody listens there any more. */
      isGone: async () => {
        const port = Number(await readFile(portFile, 'utf8'))
        await vi.waitFor(async () => {
          const socket = connect(port, '127.0.0.1')
          const [error] = await once(socket, 'error', { signal: AbortSignal.timeout(50) })
          expect(error).toMatchObject({ code: 'ECONNREFUSED' })
        })
      },
    }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with a suite that %s ends, and so does what its shell started',
    async (signal) => {
      const target = await stubborn(
        signal,
        "createServer(() => {}).listen(process.env.PORT, '127.0.0.1')",
      )
      const args = ['run', '--command', target.command]
      const { code } = await runCommandLine(folder, args, {}, (child) => {
        void vi
          .waitFor(() => expect(target.isUp()).toBe(true), 10_000)
          .then(() => child.kill(signal))
      })
      expect(code).toBe(signal === 'SIGTERM' ? 143 : 130)
      await target.isGone()
    },
  )

  it('is killed when it does not end by itself', async () => {
    const target = await stubborn(
      'stays',
      'await serve(readProcessEnvironment(process.env))',
    )
    await runCommandLine(folder, ['run', '--command', target.command, ...SMOKE])
    await target.isGone()
  })
})

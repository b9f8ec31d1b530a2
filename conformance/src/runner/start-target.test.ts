import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TargetEnvironment } from '../target/environment.ts'
import type { Target } from '../target/target.ts'
import { type RunningTarget, startTarget, TargetProblem } from './start-target.ts'

const harness = fileURLToPath(new URL('../target.ts', import.meta.url))

let dataDirectory: string
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'conformance-start-'))
  await writeFile(join(dataDirectory, 'server.mjs'), server)
})
afterAll(() => rm(dataDirectory, { recursive: true, force: true }))

/** A target that writes down what happens to its process, and refuses a third start. */
const server = `
  import { appendFileSync, readFileSync } from 'node:fs'
  import { createServer } from 'node:http'
  import { join } from 'node:path'
  import { createHarness, readProcessEnvironment } from ${JSON.stringify(harness)}
  const environment = readProcessEnvironment(process.env)
  const file = join(environment.dataDirectory, 'life')
  appendFileSync(file, 'started ')
  if (readFileSync(file, 'utf8').split('started').length > 3) process.exit(3)
  process.on('SIGTERM', () => { appendFileSync(file, 'stopped '); process.exit() })
  const implementation = { name: 'x', version: '1', language: 'javascript', framework: 'none', frameworkVersion: '1', url: 'https://example.com' }
  const { middleware } = createHarness(environment, { implementation, features: [], variants: ['default'] })
  createServer((request, response) => middleware(request, response, () => response.end()))
    .listen(environment.port, '127.0.0.1')
`

const limits = { startTimeoutMs: 20_000, timeoutMs: 5_000 }

function environmentOf(): TargetEnvironment {
  return {
    port: 0,
    dataDirectory,
    stripeApiBase: 'http://127.0.0.1:9',
    stripeSecretKey: 'sk_test_1',
    webhookSecrets: ['whsec_1'],
    token: 'token',
    variant: 'default',
    bodyTimeoutMs: 1_000,
    log: () => {},
  }
}

async function ending(
  { probe, stop }: RunningTarget,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run()
  } finally {
    probe.close()
    await stop()
  }
}

describe('restart', () => {
  it('kills a process, and finds it again with the same DATA_DIR', async () => {
    const command = `exec "${process.execPath}" "${join(dataDirectory, 'server.mjs')}"`
    const target = await startTarget({ command }, environmentOf(), limits)
    const life = () => readFile(join(dataDirectory, 'life'), 'utf8')
    await ending(target, async () => {
      const before = target.probe.url
      await target.restart?.()
      expect(target.probe.url).not.toBe(before)
      expect(await target.probe.manifest()).toEqual(target.manifest)
      // Nobody has told it to stop.
      expect(await life()).toBe('started started ')
      await expect(target.restart?.()).rejects.toThrow(TargetProblem)
    })
    expect(await life()).toBe('started started started ')
  })

  it.each([
    ['kill', { kill: true }],
    ['stop where there is no kill', { kill: false }],
  ])('ends a target in this process by %s', async (_, { kill }) => {
    const ends: string[] = []
    const { createServer } = await import('node:http')
    const { createHarness } = await import('../harness/harness.ts')
    const source: Target = {
      implementation: {
        name: 'x',
        version: '1',
        language: 'typescript',
        framework: 'none',
        frameworkVersion: '1',
        url: 'https://example.com',
      },
      features: [],
      variants: ['default'],
      async start(environment) {
        const { middleware } = createHarness(environment, source)
        const listening = createServer((request, response) =>
          middleware(request, response, () => response.end()),
        )
        await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
        const { port } = listening.address() as { port: number }
        const end = (how: string) => async () => {
          ends.push(how)
          listening.close()
          listening.closeAllConnections()
        }
        return {
          url: `http://127.0.0.1:${port}`,
          stop: end('stop'),
          ...(kill && { kill: end('kill') }),
        }
      },
    }
    const target = await startTarget(source, environmentOf(), limits)
    await ending(target, async () => {
      await target.restart?.()
      await target.probe.manifest()
    })
    expect(ends).toEqual([kill ? 'kill' : 'stop', 'stop'])
  })

  it('is not there for a target that runs elsewhere', async () => {
    const command = `exec "${process.execPath}" "${join(dataDirectory, 'server.mjs')}"`
    await rm(join(dataDirectory, 'life'), { force: true })
    const started = await startTarget({ command }, environmentOf(), limits)
    await ending(started, async () => {
      const remote = {
        url: started.probe.url,
        token: 'token',
        webhookSecrets: ['whsec_1'],
      } as const
      const target = await startTarget(remote, environmentOf(), limits)
      expect(target.restart).toBeUndefined()
      target.probe.close()
    })
  })
})

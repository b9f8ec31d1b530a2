import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  findStripeMock,
  PINNED_VERSION,
  type StripeMock,
  StripeMockError,
  startStripeMock,
} from './index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stripe-mock-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A folder with a program in it that calls itself this version. */
async function folderWith(version: string): Promise<string> {
  const path = join(folder, version)
  await mkdir(path, { recursive: true })
  const program = join(path, 'stripe-mock')
  await writeFile(program, `#!/bin/sh\necho "stripe-mock ${version}"\n`)
  await chmod(program, 0o755)
  return path
}

/** A machine that has nothing, but for what is given. */
const machine = (env: Record<string, string> = {}): Record<string, string> => ({
  HOME: folder,
  PATH: '/bin:/usr/bin/nothing',
  ...env,
})

describe('findStripeMock', () => {
  it('takes the one that runs already before anything else', async () => {
    const env = machine({
      STRIPE_MOCK_URL: 'http://127.0.0.1:12111/',
      STRIPE_MOCK_BINARY: '/nowhere',
    })
    expect(await findStripeMock({ env })).toEqual({
      kind: 'running',
      url: 'http://127.0.0.1:12111',
    })
  })

  it('takes the binary that is named, whatever it calls itself', async () => {
    const path = join(await folderWith('master'), 'stripe-mock')
    const env = machine({ STRIPE_MOCK_BINARY: path })
    expect(await findStripeMock({ env })).toMatchObject({
      path,
      source: 'STRIPE_MOCK_BINARY',
    })
  })

  it('refuses a named binary that is none', async () => {
    const env = machine({ STRIPE_MOCK_BINARY: join(folder, 'nothing') })
    await expect(findStripeMock({ env })).rejects.toThrow(
      /STRIPE_MOCK_BINARY is .* not an executable[\s\S]*brew install/,
    )
    const directory = machine({ STRIPE_MOCK_BINARY: folder })
    await expect(findStripeMock({ env: directory })).rejects.toThrow(/not an executable/)
  })

  it.each([PINNED_VERSION, '0.1000.0', '1.0.0'])(
    'takes %s from PATH',
    async (version) => {
      const path = await folderWith(version)
      const env = machine({ PATH: path })
      expect(await findStripeMock({ env })).toMatchObject({
        path: join(path, 'stripe-mock'),
        source: 'PATH',
      })
    },
  )

  it.each(['0.202.9', '0.99.0', 'master'])('passes over %s on PATH', async (version) => {
    const env = machine({ PATH: await folderWith(version) })
    await expect(findStripeMock({ env })).rejects.toThrow(StripeMockError)
  })

  it('takes the cache when there is nothing better', async () => {
    const cache = join(folder, 'cache')
    const path = join(cache, 'countersign', `stripe-mock-${PINNED_VERSION}`)
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'stripe-mock'), '', { mode: 0o755 })
    const env = machine({ XDG_CACHE_HOME: cache })
    expect(await findStripeMock({ env })).toMatchObject({ source: 'cache' })
  })

  it('names every way to get it when there is none', async () => {
    const error = await findStripeMock({ env: machine() }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(StripeMockError)
    const message = String(error)
    for (const way of [
      'no `go` on PATH',
      'go.dev',
      'brew install',
      'docker run',
      'STRIPE_MOCK_URL',
      'STRIPE_MOCK_BINARY',
    ]) {
      expect(message).toContain(way)
    }
  })
})

describe('go install', () => {
  /** A machine whose `go` does this. */
  async function machineWithGo(name: string, script: string) {
    const path = join(folder, name)
    await mkdir(path)
    await writeFile(join(path, 'go'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return machine({ XDG_CACHE_HOME: join(path, 'cache'), PATH: `${path}:/bin` })
  }

  it('puts what it built into the cache', async () => {
    const env = await machineWithGo(
      'builds',
      'echo "#!/bin/sh" > "$GOBIN/stripe-mock"; chmod +x "$GOBIN/stripe-mock"',
    )
    const lines: string[] = []
    const found = await findStripeMock({ env, onProgress: (line) => lines.push(line) })
    expect(found).toMatchObject({ source: 'go install' })
    expect(lines).toEqual([expect.stringContaining('Building stripe-mock')])
    expect(await findStripeMock({ env })).toMatchObject({ source: 'cache' })
  })

  it('that fails says why, names every way, and leaves nothing behind', async () => {
    const env = await machineWithGo(
      'fails',
      'echo "lookup proxy: no such host" >&2; exit 1',
    )
    const error = await findStripeMock({ env }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StripeMockError)
    expect(String(error)).toMatch(/no such host[\s\S]*brew install/)
    expect(await readdir(join(folder, 'fails', 'cache', 'countersign'))).toEqual([])
  })

  it('into a cache that cannot be written says so, and names every way', async () => {
    const env = await machineWithGo('unwritable', 'exit 0')
    await writeFile(join(folder, 'unwritable', 'cache'), '')
    await expect(findStripeMock({ env })).rejects.toThrow(
      /cache folder .* cannot be written[\s\S]*brew install/,
    )
  })
})

describe('startStripeMock', () => {
  const started: StripeMock[] = []
  afterEach(async () => {
    for (const mock of started.splice(0)) await mock.stop()
  })
  async function start(onSocket = false): Promise<StripeMock> {
    const mock = await startStripeMock({ onSocket })
    started.push(mock)
    return mock
  }

  it('starts the real one, any number side by side, on loopback', async () => {
    const [first, second] = await Promise.all([start(), start()])
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(first.url).not.toBe(second.url)
    expect(first.version).toBe(PINNED_VERSION)
    const response = await fetch(`${first.url}/v1/customers/cus_1`, {
      headers: { authorization: 'Bearer sk_test_123' },
    })
    expect(await response.json()).toMatchObject({ id: 'cus_1', object: 'customer' })
  })

  it.skipIf(process.platform === 'win32')(
    'starts it on a socket, any number side by side, and leaves none behind',
    async () => {
      const mocks = await Promise.all([start(true), start(true)])
      const paths = mocks.map(({ url }) => url.replace(/^unix:/, ''))
      expect(new Set(paths).size).toBe(2)
      for (const socketPath of paths) {
        const headers = { authorization: 'Bearer sk_test_123' }
        const asked = request({ socketPath, path: '/v1/customers/cus_1', headers }).end()
        const [response] = await once(asked, 'response')
        const body = Buffer.concat(await response.toArray()).toString()
        expect(JSON.parse(body)).toMatchObject({ id: 'cus_1', object: 'customer' })
      }
      for (const mock of mocks) await mock.stop()
      expect(paths.filter((path) => existsSync(path))).toEqual([])
    },
  )

  it('stops it, and says nothing of that', async () => {
    const mock = await start()
    const exits: string[] = []
    mock.onExit((reason) => exits.push(reason))
    await mock.stop()
    await mock.stop()
    await expect(fetch(mock.url)).rejects.toThrow()
    expect(exits).toEqual([])
  })

  it('leaves the one alone that ran already', async () => {
    const running = await start()
    const found = await startStripeMock({
      env: { ...process.env, STRIPE_MOCK_URL: running.url },
    })
    expect(found).toMatchObject({ url: running.url, source: 'STRIPE_MOCK_URL' })
    await found.stop()
    expect((await fetch(running.url)).status).toBe(401)
  })

  it('says so when something else answers', async () => {
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(
      startStripeMock({ env: { ...process.env, STRIPE_MOCK_URL: url } }),
    ).rejects.toThrow(/what answers there is not stripe-mock/)
    server.close()
  })

  it('says so when nothing answers', async () => {
    const env = { ...process.env, STRIPE_MOCK_URL: 'http://127.0.0.1:9' }
    await expect(startStripeMock({ env, timeoutMs: 50 })).rejects.toThrow(
      /does not answer at .*:9[\s\S]*brew install/,
    )
  })

  it('does not wait for a URL that is none', async () => {
    const env = { ...process.env, STRIPE_MOCK_URL: 'localhost:12111' }
    await expect(startStripeMock({ env })).rejects.toThrow(
      /STRIPE_MOCK_URL is localhost:12111/,
    )
  })

  it('says what to delete when what lies in the cache is no program', async () => {
    const cache = join(folder, 'truncated')
    const path = join(cache, 'countersign', `stripe-mock-${PINNED_VERSION}`)
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'stripe-mock'), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), {
      mode: 0o755,
    })
    const env = machine({ XDG_CACHE_HOME: cache })
    const error = await startStripeMock({ env }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StripeMockError)
    expect(String(error)).toMatch(/did not start: .* Delete that file/)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with a parent that %s ends',
    async (signal) => {
      const parent = spawn(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `const { startStripeMock } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
         console.log((await startStripeMock()).url)`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const [line] = await once(parent.stdout, 'data')
      const url = String(line).trim()
      expect((await fetch(url)).status).toBe(401)
      parent.kill(signal)
      expect(await once(parent, 'exit')).toEqual([null, signal])
      // No request: its log line would end it too, as there is nobody left to read it.
      await vi.waitFor(async () => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1')
        const [error] = await once(socket, 'error', { signal: AbortSignal.timeout(50) })
        expect(error).toMatchObject({ code: 'ECONNREFUSED' })
      })
    },
  )

  it('says so when the binary does not start', async () => {
    const path = join(await folderWith('broken'), 'stripe-mock')
    const env = { ...process.env, STRIPE_MOCK_BINARY: path }
    await expect(startStripeMock({ env })).rejects.toThrow(
      /did not start: it ended with 0/,
    )
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { findBinaryOf } from '../find/find-binary.ts'
import {
  type FindOptions,
  type FoundStripeMock,
  findStripeMock,
} from '../find/find-stripe-mock.ts'
import { notToBeHad, type StripeMockError } from '../stripe-mock-error.ts'
import { checkHealth } from './check-health.ts'
import { endWithParent } from './end-with-parent.ts'

export interface StartOptions extends FindOptions {
  /** How long it may take until it answers, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number
  /** Whether it listens on a Unix socket instead of a port, which takes a third of the time off each request. Where there are none, it is a port all the same. */
  readonly onSocket?: boolean
}

/** A stripe-mock that answers. */
export interface StripeMock {
  /** `http://127.0.0.1:<port>`, without a slash at the end, or `unix:<path>`. */
  readonly url: string
  /** What it says of itself: a release, or `master`. */
  readonly version: string
  /** Where it came from: `STRIPE_MOCK_URL`, `STRIPE_MOCK_BINARY`, `npm`, `PATH`, `cache` or `go install`. */
  readonly source: string
  /** The path of its program; of one that ran already, only if the same release was found beside it. */
  readonly binary: string | undefined
  /** Ends a process that was started here, and resolves when it is gone. One that ran already is left alone. */
  readonly stop: () => Promise<void>
  /** Calls back once if the process ends without `stop`. Never for one that ran already. */
  readonly onExit: (callback: (reason: string) => void) => void
}

/**
 * Finds stripe-mock and starts it on a free port of 127.0.0.1, or on a Unix socket; any
 * number run side by side.
 *
 * @throws StripeMockError when it cannot be found, started or reached.
 */
export async function startStripeMock(options: StartOptions = {}): Promise<StripeMock> {
  const found = await findStripeMock(options)
  const timeoutMs = options.timeoutMs ?? 20_000
  if (found.kind === 'running') {
    // One that runs already needs no time to start.
    const version = await checkHealth(found.url, options.timeoutMs ?? 3_000)
    const { url } = found
    return {
      url,
      version,
      source: 'STRIPE_MOCK_URL',
      binary: await findBinaryOf(version, options.env ?? process.env),
      stop: async () => {},
      onExit: () => {},
    }
  }

  const socketPath = options.onSocket ? newSocketPath() : undefined
  if (socketPath !== undefined) {
    try {
      return await launch(found, timeoutMs, socketPath)
    } catch {
      // Where no socket can be made, a port may do; if not, its error is the clearer one.
    }
  }
  return launch(found, timeoutMs)
}

type FoundBinary = Extract<FoundStripeMock, { kind: 'binary' }>

async function launch(
  found: FoundBinary,
  timeoutMs: number,
  socketPath?: string,
): Promise<StripeMock> {
  const child = spawnMock(found, socketPath)
  if (socketPath !== undefined)
    child.once('exit', () => rmSync(socketPath, { force: true }))
  const end = createEnd(child)
  try {
    const url = await readUrl(child, found, timeoutMs)
    const version = await checkHealth(url, timeoutMs)
    const { source, path: binary } = found
    return { url, version, source, binary, ...end }
  } catch (error) {
    await end.stop()
    throw error
  }
}

function spawnMock(found: FoundBinary, socketPath: string | undefined): ChildProcess {
  try {
    // With one address alone, the other listener opens a fixed port on every interface.
    const listeners =
      socketPath === undefined
        ? ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0']
        : ['-http-unix', socketPath]
    return spawn(found.path, listeners, { stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    // What is no program at all fails at once, not as an event.
    throw notStarted(found, String(error))
  }
}

function notStarted({ path, source }: FoundBinary, reason: string): StripeMockError {
  const cure = source === 'cache' ? ' Delete that file: it is then built anew.' : ''
  return notToBeHad(`${path} (${source}) did not start: ${reason}.${cure}`)
}

/** What systems take as the path of a socket, in bytes: the shortest limit is 104. */
const LONGEST_SOCKET_PATH = 100
let sockets = 0

/** A path that nobody has; none where there are no such sockets, or the path would be too long. */
function newSocketPath(): string | undefined {
  if (process.platform === 'win32') return undefined
  const name = `stripe-mock-${process.pid}-${sockets++}-${randomBytes(4).toString('hex')}`
  const path = join(tmpdir(), name)
  return Buffer.byteLength(path) > LONGEST_SOCKET_PATH ? undefined : path
}

/** stripe-mock prints `Listening for HTTP at address: 127.0.0.1:<port>` first, or `… on Unix socket: <path>`. */
function readUrl(
  child: ChildProcess,
  found: FoundBinary,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (reason: string) => {
      clearTimeout(timer)
      reject(notStarted(found, `${reason}${output === '' ? '' : ` (${output.trim()})`}`))
    }
    const timer = setTimeout(() => fail(`no address within ${timeoutMs} ms`), timeoutMs)
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
      const port = /HTTP at address: 127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      const path = /HTTP on Unix socket: (.+)/.exec(output)?.[1]
      if (port === undefined && path === undefined) return
      clearTimeout(timer)
      // Reading goes on, so that its pipes never fill.
      for (const stream of [child.stdout, child.stderr])
        stream?.off('data', read).resume()
      resolve(port === undefined ? `unix:${path}` : `http://127.0.0.1:${port}`)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.on('error', (error) => fail(error.message))
    child.on('exit', (code, signal) => fail(`it ended with ${code ?? signal}`))
  })
}

function createEnd(child: ChildProcess): Pick<StripeMock, 'stop' | 'onExit'> {
  let stopping = false
  endWithParent(child)
  const isGone = () =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined

  return {
    async stop() {
      stopping = true
      if (isGone()) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await gone
      clearTimeout(force)
    },
    onExit(callback) {
      const tell = () => {
        if (!stopping)
          callback(`stripe-mock ended with ${child.exitCode ?? child.signalCode}`)
      }
      if (isGone()) queueMicrotask(tell)
      else child.once('exit', tell)
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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
}

/** A stripe-mock that answers. */
export interface StripeMock {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
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
 * Finds stripe-mock and starts it on a free port of 127.0.0.1; any number run side by side.
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

  const child = spawnMock(found)
  const end = createEnd(child)
  try {
    const port = await readPort(child, found, timeoutMs)
    const url = `http://127.0.0.1:${port}`
    const version = await checkHealth(url, timeoutMs)
    const { source, path: binary } = found
    return { url, version, source, binary, ...end }
  } catch (error) {
    await end.stop()
    throw error
  }
}

type FoundBinary = Extract<FoundStripeMock, { kind: 'binary' }>

function spawnMock(found: FoundBinary): ChildProcess {
  try {
    // With one address alone, the other listener opens a fixed port on every interface.
    const addresses = ['-http-addr', '127.0.0.1:0', '-https-addr', '127.0.0.1:0']
    return spawn(found.path, addresses, { stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    // What is no program at all fails at once, not as an event.
    throw notStarted(found, String(error))
  }
}

function notStarted({ path, source }: FoundBinary, reason: string): StripeMockError {
  const cure = source === 'cache' ? ' Delete that file: it is then built anew.' : ''
  return notToBeHad(`${path} (${source}) did not start: ${reason}.${cure}`)
}

/** stripe-mock prints `Listening for HTTP at address: 127.0.0.1:<port>` first. */
function readPort(
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
    const timer = setTimeout(() => fail(`no port within ${timeoutMs} ms`), timeoutMs)
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
      const port = /HTTP at address: 127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      // Reading goes on, so that its pipes never fill.
      for (const stream of [child.stdout, child.stderr])
        stream?.off('data', read).resume()
      resolve(port)
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

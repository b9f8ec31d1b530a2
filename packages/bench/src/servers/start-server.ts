import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { SECRET } from '../events/sign.ts'
import type { Question } from './serve.ts'

export type Framework = 'node-http' | 'express' | 'koa' | 'remix' | 'next'

/** A server in a process of its own. */
export interface RunningServer {
  readonly url: string
  readonly ask: (question: Question) => Promise<number>
  readonly stop: () => Promise<void>
}

const file = fileURLToPath(new URL('serve.ts', import.meta.url))
const DEADLINE_MS = 60_000

/**
 * Starts a server, pinned to the first core where the system has `taskset`, so that the
 * servers of one comparison share a core and leave the others to the load.
 *
 * @param bodyTimeoutMs How long the body of a request may take to arrive, in milliseconds.
 */
export async function startServer(
  framework: Framework,
  bodyTimeoutMs = 10_000,
): Promise<RunningServer> {
  const command = [process.execPath, '--expose-gc', file, framework]
  const [program = '', ...args] = pinLoad() ? ['taskset', '-c', '0', ...command] : command
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'))
  const child = spawn(program, args, {
    env: {
      ...process.env,
      BENCH_FOLDER: folder,
      BENCH_BODY_TIMEOUT_MS: String(bodyTimeoutMs),
      NODE_ENV: 'production',
      STRIPE_WEBHOOK_SECRET: SECRET,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit')

  /** The next message, or an error when the server has ended or is silent. */
  async function hear(): Promise<unknown> {
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const ended = exited.then(([code]) => {
      throw new Error(
        `The ${framework} server ended with ${String(code)}; why stands above.`,
      )
    })
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message
  }

  const port = Number(await hear())
  return {
    url: `http://127.0.0.1:${port}`,
    async ask(question) {
      const heard = hear()
      child.send(question)
      return Number(await heard)
    },
    async stop() {
      process.off('exit', kill)
      kill()
      await exited
      await rm(folder, { recursive: true })
    },
  }
}

let isPinned: boolean | undefined

/**
 * Moves this process, where the load comes from, off the core of the servers, if there
 * is another: the system would else wake it there, in the place of the server that has
 * just answered it.
 */
function pinLoad(): boolean {
  const cores = availableParallelism()
  const others = `1-${cores - 1}`
  isPinned ??=
    cores > 1 &&
    spawnSync('taskset', ['-a', '-c', '-p', others, String(process.pid)]).status === 0
  return isPinned
}

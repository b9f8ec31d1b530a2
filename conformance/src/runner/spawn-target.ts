import { spawn } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandTarget } from '../config.ts'
import { type TargetEnvironment, toProcessEnvironment } from '../target/environment.ts'
import type { StartedTarget } from '../target/target.ts'
import { freePort } from './free-port.ts'

/** How long a target may take to end after SIGTERM, in milliseconds. */
const STOP_MS = 3_000

export interface SpawnedTarget extends StartedTarget {
  /** How the process has ended, when it has. */
  readonly hasEnded: () => string | undefined
}

/** Starts a target in a process group of its own, so that whatever its shell starts ends with it. */
export async function spawnTarget(
  { command, cwd }: CommandTarget,
  environment: TargetEnvironment,
): Promise<SpawnedTarget> {
  const port = await freePort()
  const child = spawn(command, {
    cwd,
    detached: true,
    env: { ...process.env, ...toProcessEnvironment({ ...environment, port }) },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let ended: string | undefined
  const end = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      ended = `it ended with ${code ?? signal}`
      resolve()
    })
    child.on('error', (error) => {
      ended = `it could not be started: ${error.message}`
      resolve()
    })
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) environment.log(line)
    })
  }
  /** Tells whether there was anybody to get the signal. */
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    if (child.pid === undefined) return false
    try {
      return process.kill(-child.pid, signal)
    } catch {
      return false
    }
  }
  const killWithParent = () => signalGroup('SIGKILL')
  process.once('exit', killWithParent)
  const kill = async () => {
    process.off('exit', killWithParent)
    signalGroup('SIGKILL')
    await end
  }
  return {
    url: `http://127.0.0.1:${port}`,
    hasEnded: () => ended,
    async stop() {
      signalGroup('SIGTERM')
      const deadline = Date.now() + STOP_MS
      while (signalGroup(0) && Date.now() < deadline) await sleep(5)
      await kill()
    },
    kill,
  }
}

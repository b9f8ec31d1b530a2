import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { within } from '../../src/runner/within.ts'
import type { StoreContext } from '../store-context.ts'
import type { Acknowledgement, Scenario } from './scenarios.ts'

const here = fileURLToPath(import.meta.url)
/** `child.ts`, or `child.js` in the published package. */
const child = join(dirname(here), `child${extname(here)}`)
const TIMEOUT_MS = 20_000

/** Lets another process work with the storage until it is killed, and gives what it acknowledged before. */
export async function runUntilKilled(
  { module, location }: Pick<StoreContext, 'location' | 'module'>,
  scenario: Scenario,
): Promise<readonly Acknowledgement[]> {
  if (module === undefined)
    throw new Error(
      'this subject has no module, and does not say that it lacks processes',
    )
  const acknowledged: Acknowledgement[] = []
  const stderr: string[] = []
  const process = fork(child, [module, location, scenario], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  process.on('message', (message: Acknowledgement) => acknowledged.push(message))
  process.stderr?.on('data', (chunk: Buffer) => stderr.push(`${chunk}`))
  try {
    const [code, signal] = await within(TIMEOUT_MS, once(process, 'close'))
    if (signal === 'SIGKILL') return acknowledged
    throw new Error(`the process ended with ${code ?? signal}: ${stderr.join('')}`)
  } finally {
    process.kill('SIGKILL')
  }
}

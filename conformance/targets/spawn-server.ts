import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { toProcessEnvironment } from '../src/target/environment.ts'
import type { StartedTarget, TargetEnvironment } from '../src/target.ts'

/** Starts a server that prints `listening on PORT`, in a process of its own. */
export async function spawnServer(
  args: readonly string[],
  environment: TargetEnvironment,
  {
    cwd,
    env,
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<StartedTarget> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...toProcessEnvironment(environment), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killWithParent = () => child.kill('SIGKILL')
  process.once('exit', killWithParent)
  const exit = once(child, 'exit')
  createInterface({ input: child.stderr }).on('line', environment.log)
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (\d+)$/.exec(line)?.[1]
      if (found === undefined) environment.log(line)
      else resolve(found)
    })
    exit.then(([code]) => reject(new Error(`the server ended with ${code}`)), reject)
  })
  const end = async (signal: NodeJS.Signals) => {
    process.off('exit', killWithParent)
    child.kill(signal)
    await exit
  }
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

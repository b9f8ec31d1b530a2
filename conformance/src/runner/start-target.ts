import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandTarget, RemoteTarget, TargetSource } from '../config.ts'
import { Probe, ProtocolError } from '../probe/probe.ts'
import { type TargetEnvironment, toProcessEnvironment } from '../target/environment.ts'
import type { Manifest, StartedTarget } from '../target/target.ts'

/** A target would not start, or does not speak the protocol. */
export class TargetProblem extends Error {
  override readonly name = 'TargetProblem'
}

export interface RunningTarget extends StartedTarget {
  readonly probe: Probe
  readonly manifest: Manifest
}

export function isRemote(source: TargetSource): source is RemoteTarget {
  return 'token' in source
}

export function isCommand(source: TargetSource): source is CommandTarget {
  return 'command' in source
}

export interface StartLimits {
  /** Until the manifest answers. */
  readonly startTimeoutMs: number
  /** Of each request. */
  readonly timeoutMs: number
}

/** Starts a target in one of its three ways and waits until its manifest answers. */
export async function startTarget(
  source: TargetSource,
  environment: TargetEnvironment,
  { startTimeoutMs, timeoutMs }: StartLimits,
): Promise<RunningTarget> {
  const { started, hasEnded } = await start(source, environment)
  const token = isRemote(source) ? source.token : environment.token
  const probe = new Probe({ url: started.url, token, timeoutMs })
  try {
    const manifest = await firstManifest(probe, hasEnded, startTimeoutMs)
    return { ...started, probe, manifest }
  } catch (error) {
    await started.stop()
    throw error
  }
}

interface Start {
  readonly started: StartedTarget
  readonly hasEnded: () => string | undefined
}

async function start(
  source: TargetSource,
  environment: TargetEnvironment,
): Promise<Start> {
  if (isRemote(source)) {
    const url = source.url.replace(/\/$/, '')
    return { started: { url, stop: async () => {} }, hasEnded: () => undefined }
  }
  if (isCommand(source)) return spawnTarget(source, environment)
  try {
    return { started: await source.start(environment), hasEnded: () => undefined }
  } catch (error) {
    throw new TargetProblem(
      `it did not start: ${error instanceof Error ? error.stack : error}`,
    )
  }
}

async function spawnTarget(
  { command, cwd }: CommandTarget,
  environment: TargetEnvironment,
): Promise<Start> {
  const port = await freePort()
  const child = spawn(command, {
    cwd,
    // A group of its own, so that whatever the shell starts ends with it.
    detached: true,
    env: { ...process.env, ...toProcessEnvironment({ ...environment, port }) },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let ended: string | undefined
  const exit = once(child, 'exit').then(([code, signal]) => {
    ended = `it ended with ${code ?? signal}`
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) environment.log(line)
    })
  }
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      // The group is gone.
    }
  }
  const killWithParent = () => signalGroup('SIGKILL')
  process.once('exit', killWithParent)
  return {
    hasEnded: () => ended,
    started: {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        process.off('exit', killWithParent)
        signalGroup('SIGTERM')
        const force = setTimeout(() => signalGroup('SIGKILL'), 3_000)
        await exit
        clearTimeout(force)
      },
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function firstManifest(
  probe: Probe,
  hasEnded: () => string | undefined,
  startTimeoutMs: number,
): Promise<Manifest> {
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    try {
      return await probe.manifest()
    } catch (error) {
      const ended = hasEnded()
      if (ended !== undefined) throw new TargetProblem(ended)
      const isRefused =
        error instanceof ProtocolError && /ECONNREFUSED/.test(error.message)
      if (Date.now() > deadline || !isRefused) {
        throw new TargetProblem(
          `its manifest does not answer as protocol 1 asks: ${error instanceof Error ? error.message : error}`,
        )
      }
      await sleep(20)
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandTarget, RemoteTarget, TargetSource } from '../config.ts'
import { Probe, ProtocolError } from '../probe/probe.ts'
import type { TargetEnvironment } from '../target/environment.ts'
import type { Manifest, StartedTarget, Target } from '../target/target.ts'
import { spawnTarget } from './spawn-target.ts'
import { within } from './within.ts'

/** A target would not start, or does not speak the protocol. */
export class TargetProblem extends Error {
  override readonly name = 'TargetProblem'
}

export interface RunningTarget {
  readonly probe: Probe
  readonly manifest: Manifest
  readonly stop: () => Promise<void>
  /**
   * Ends it as a crash would, and starts it again with the same environment; the probe
   * then follows. Absent for one that this run has not started.
   *
   * @throws TargetProblem when it does not start again.
   */
  readonly restart?: () => Promise<void>
}

export function isRemote(source: TargetSource): source is RemoteTarget {
  return 'token' in source
}

function isCommand(source: TargetSource): source is CommandTarget {
  return 'command' in source
}

export interface StartLimits {
  /** Until the manifest answers. */
  readonly startTimeoutMs: number
  /** Of each request. */
  readonly timeoutMs: number
}

/** One that runs already needs no time to start. In milliseconds. */
const REMOTE_START_MS = 3_000

/**
 * Starts a target in one of its three ways and waits until its manifest answers.
 *
 * @throws TargetProblem
 */
export async function startTarget(
  source: TargetSource,
  environment: TargetEnvironment,
  { startTimeoutMs, timeoutMs }: StartLimits,
): Promise<RunningTarget> {
  const token = isRemote(source) ? source.token : environment.token
  // Where it is, only a start tells.
  const probe = new Probe({ url: '', token, timeoutMs })
  let running: StartedTarget | undefined
  const stop = async () => {
    const stopped = running
    running = undefined
    await stopped?.stop()
  }

  async function startOnce(): Promise<Manifest> {
    const deadline = Date.now() + (isRemote(source) ? REMOTE_START_MS : startTimeoutMs)
    const { started, hasEnded } = await start(source, environment, startTimeoutMs)
    running = started
    probe.follow(started.url)
    try {
      return await firstManifest(probe, hasEnded, deadline)
    } catch (error) {
      await stop()
      throw error
    }
  }

  async function restart(): Promise<void> {
    const ended = running
    running = undefined
    if (ended?.kill !== undefined) await ended.kill()
    else await ended?.stop()
    await startOnce()
  }

  const manifest = await startOnce()
  return { probe, manifest, stop, ...(!isRemote(source) && { restart }) }
}

interface Start {
  readonly started: StartedTarget
  readonly hasEnded: () => string | undefined
}

async function start(
  source: TargetSource,
  environment: TargetEnvironment,
  startTimeoutMs: number,
): Promise<Start> {
  if (isRemote(source)) {
    const url = source.url.replace(/\/$/, '')
    return { started: { url, stop: async () => {} }, hasEnded: () => undefined }
  }
  if (isCommand(source)) {
    const started = await spawnTarget(source, environment)
    return { started, hasEnded: started.hasEnded }
  }
  return {
    started: await startInProcess(source, environment, startTimeoutMs),
    hasEnded: () => undefined,
  }
}

async function startInProcess(
  target: Target,
  environment: TargetEnvironment,
  startTimeoutMs: number,
): Promise<StartedTarget> {
  const starting = Promise.resolve().then(() => target.start(environment))
  try {
    return await within(startTimeoutMs, starting)
  } catch (error) {
    // One that comes late is nobody's any more.
    starting.then((late) => late.stop()).catch(() => {})
    throw new TargetProblem(
      `it did not start: ${error instanceof Error ? error.stack : error}`,
    )
  }
}

async function firstManifest(
  probe: Probe,
  hasEnded: () => string | undefined,
  deadline: number,
): Promise<Manifest> {
  for (;;) {
    try {
      return await probe.manifest()
    } catch (error) {
      const ended = hasEnded()
      if (ended !== undefined) throw new TargetProblem(ended)
      const mayPass = error instanceof ProtocolError && error.mayPass
      if (Date.now() > deadline || !mayPass) {
        throw new TargetProblem(
          `its manifest does not answer as protocol 1 asks: ${error instanceof Error ? error.message : error}`,
        )
      }
      await sleep(20)
    }
  }
}

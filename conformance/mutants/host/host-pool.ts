import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StartedTarget, Target, TargetEnvironment } from '../../src/target.ts'
import type { Edit } from '../mutant.ts'
import type { HostMessage, StartMessage, StopMessage } from './messages.ts'

const script = fileURLToPath(new URL('host.ts', import.meta.url))

/** Hosts for mutants: processes that are used again until one of their targets ends them. */
export class HostPool {
  // By module: a framework may change its process for good (Next catches what nobody caught).
  readonly #idle = new Map<string, ChildProcess[]>()
  #copies = 0
  #starts = 0

  /**
   * A target of the suite whose source is edited before it starts.
   *
   * @param isKilled Whether a restart kills its host. Without, it ends as when it is
   *   stopped, which takes no time: what it kept in memory is gone all the same.
   */
  edited(
    target: Pick<Target, 'implementation' | 'features' | 'variants'>,
    module: string,
    edits: readonly Edit[],
    isKilled: boolean,
  ): Target {
    this.#copies += 1
    const source = { copy: String(this.#copies), module, edits }
    return {
      ...target,
      start: (environment) => this.#start(source, environment, isKilled),
    }
  }

  /** Ends every host that nobody uses. */
  async close(): Promise<void> {
    await Promise.all([...this.#idle.values()].flat().map(endOf))
  }

  async #start(
    source: Pick<StartMessage, 'copy' | 'module' | 'edits'>,
    { log, ...environment }: TargetEnvironment,
    isKilled: boolean,
  ): Promise<StartedTarget> {
    const { module } = source
    const idle = this.#idle.get(module) ?? []
    this.#idle.set(module, idle)
    const host = idle.pop() ?? fork(script, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    this.#starts += 1
    const id = String(this.#starts)
    const onOutput = (chunk: Buffer) => log(chunk.toString().trimEnd())
    const onLog = (message: HostMessage) => {
      if (message.kind === 'log' && message.id === id) log(message.line)
    }
    host.on('message', onLog)
    host.stdout?.on('data', onOutput)
    host.stderr?.on('data', onOutput)
    const release = () => {
      host.off('message', onLog)
      host.stdout?.off('data', onOutput)
      host.stderr?.off('data', onOutput)
    }
    const answer = await ask(host, { kind: 'start', id, ...source, environment })
    if (answer.kind !== 'started') {
      release()
      await endOf(host)
      throw new Error(answer.kind === 'failed' ? answer.reason : 'the host ended')
    }
    return {
      url: answer.url,
      stop: async () => {
        const { kind } = await ask(host, { kind: 'stop', id })
        release()
        if (kind === 'stopped') idle.push(host)
        else await endOf(host)
      },
      ...(isKilled && {
        kill: async () => {
          await endOf(host)
          release()
        },
      }),
    }
  }
}

/** Sends a message and waits for what becomes of it, or for the end of the host. */
function ask(
  host: ChildProcess,
  message: StartMessage | StopMessage,
): Promise<HostMessage | { readonly kind: 'ended' }> {
  return new Promise((resolve) => {
    const onMessage = (answer: HostMessage) => {
      if (answer.id === message.id && answer.kind !== 'log') end(answer)
    }
    const onExit = () => end({ kind: 'ended' })
    const end = (answer: HostMessage | { readonly kind: 'ended' }) => {
      host.off('message', onMessage).off('exit', onExit)
      resolve(answer)
    }
    host.on('message', onMessage).once('exit', onExit)
    host.send(message, (error) => {
      if (error !== null) end({ kind: 'ended' })
    })
  })
}

async function endOf(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return
  const exit = once(host, 'exit')
  host.kill('SIGKILL')
  await exit
}

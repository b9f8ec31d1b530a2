import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { storeContract } from '../../stores/contract.ts'
import type { RunAnswer, RunMessage } from './host-messages.ts'
import type { StoreMutant } from './store-mutant.ts'

const host = fileURLToPath(new URL('host.ts', import.meta.url))
const children = new URL('edits-of-children.ts', import.meta.url).href

const needsProcesses = new Set(
  storeContract.filter(({ needs }) => needs?.includes('processes')).map(({ id }) => id),
)

/** Where files cost no time, if there is such a place: what mutants break is not the disk. */
const temporary = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Hosts for broken stores: processes that are used again, each for one at a time. */
export class StoreHosts {
  readonly #idle: ChildProcess[] = []
  readonly #environment: NodeJS.ProcessEnv
  #count = 0

  /** @param environment Tells the subjects of servers where these are. */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
  }

  /** What the contract says of an edited store. */
  async run({ store, apply, kills }: StoreMutant): Promise<RunAnswer> {
    this.#count += 1
    const process = this.#idle.pop() ?? this.#start()
    const message: RunMessage = {
      id: String(this.#count),
      module: `conformance/stores/subjects/${store}.ts`,
      edits: apply,
      withProcesses: Object.values(kills)
        .flat()
        .some((id) => needsProcesses.has(id)),
    }
    const ended = new AbortController()
    const { signal } = ended
    try {
      const answer = once(process, 'message', { signal }).then(
        ([value]) => value as RunAnswer,
      )
      const exit = once(process, 'exit', { signal }).then(() => 'ended' as const)
      process.send(message)
      const outcome = await Promise.race([answer, exit])
      if (outcome === 'ended') return { problem: 'the host ended' }
      this.#idle.push(process)
      return outcome
    } finally {
      ended.abort()
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#idle.map(async (process) => {
        const exit = once(process, 'exit')
        process.kill('SIGKILL')
        await exit
      }),
    )
  }

  #start(): ChildProcess {
    return fork(host, {
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', children],
      env: { ...this.#environment, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }
}

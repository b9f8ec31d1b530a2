import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { type StripeMock, startStripeMock } from '@countersign/stripe-mock'

/** How long the end of a process may take to be noticed after a request to it has failed, in milliseconds. */
const NOTICE_MS = 100

type Notice = (line: string) => void

/**
 * The one stripe-mock that the emulators of this process share. It ends with the last of
 * them, and is started again when it crashes.
 */
export class SharedStripeMock {
  readonly #env: NodeJS.ProcessEnv
  readonly #users = new Set<Notice>()
  readonly #onProgress: Notice
  #running: Promise<StripeMock>
  #isStopped = false

  /** @param onProgress Told what is done while it takes long to be had. */
  constructor(env: NodeJS.ProcessEnv, onProgress: Notice = () => {}) {
    this.#env = env
    this.#onProgress = onProgress
    this.#running = this.#start()
  }

  /** Resolves when it answers: at once, or after a restart that is under way. @throws StripeMockError */
  async running(): Promise<StripeMock> {
    const current = this.#running
    try {
      return await current
    } catch (error) {
      if (this.#isStopped) throw error
      // Whoever asks after a restart that failed makes it try again; of many, the first.
      if (this.#running === current) this.#running = this.#restart()
      return this.#running
    }
  }

  /** Gives the end of the process the time to be noticed. */
  async settle(): Promise<void> {
    const before = this.#running
    for (let waited = 0; waited < NOTICE_MS && this.#running === before; waited += 10)
      await sleep(10)
  }

  use(notice: Notice): void {
    this.#users.add(notice)
  }

  /** Ends it when nobody else uses it. */
  async release(notice: Notice): Promise<void> {
    this.#users.delete(notice)
    if (this.#users.size > 0) return
    this.#isStopped = true
    if (shared.get(keyOf(this.#env)) === this) shared.delete(keyOf(this.#env))
    const mock = await this.#running.catch(() => undefined)
    await mock?.stop()
  }

  async #start(): Promise<StripeMock> {
    const mock = await startStripeMock({
      env: this.#env,
      onSocket: true,
      onProgress: this.#onProgress,
    })
    mock.onExit((reason) => {
      if (this.#isStopped) return
      this.#tell(`${reason}; it is started again.`)
      this.#running = this.#restart()
      // Whoever asks is told why it failed.
      this.#running.catch(() => {})
    })
    return mock
  }

  async #restart(): Promise<StripeMock> {
    try {
      const mock = await this.#start()
      this.#tell('stripe-mock runs again.')
      return mock
    } catch (error) {
      this.#tell(`stripe-mock could not be started again: ${String(error)}`)
      throw error
    }
  }

  #tell(line: string): void {
    for (const notice of this.#users) notice(line)
  }
}

const shared = new Map<string, SharedStripeMock>()

/** The one that runs in this process, or a new one. */
export function sharedStripeMock(
  env: NodeJS.ProcessEnv = process.env,
  onProgress?: Notice,
): SharedStripeMock {
  const key = keyOf(env)
  const known = shared.get(key)
  if (known !== undefined) return known
  const made = new SharedStripeMock(env, onProgress)
  shared.set(key, made)
  return made
}

/** Another binary is another stripe-mock. */
function keyOf(env: NodeJS.ProcessEnv): string {
  return env.STRIPE_MOCK_BINARY ?? ''
}

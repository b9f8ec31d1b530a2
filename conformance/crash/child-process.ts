import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import type { BuiltChild } from './build-child.ts'
import type { FromChild, Orders, ToChild } from './child/messages.ts'

const LOG_LENGTH = 4_000

/** A process of the application, from its start to its death. */
export class Child {
  readonly #process: ChildProcess
  readonly #warm: Promise<void>
  readonly exited: Promise<void>
  isGone = false
  /** 0 until it listens. */
  port = 0
  clockOffset = 0
  /** What it has said last. */
  log = ''
  #answer: ((counts: Readonly<Record<string, number>>) => void) | undefined
  #up = () => {}

  constructor({ file, folder }: BuiltChild) {
    this.#process = fork(file, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_ENV: 'test',
        NODE_COMPILE_CACHE: join(folder, 'cache'),
      },
    })
    this.exited = once(this.#process, 'exit').then(() => {
      this.isGone = true
      this.port = 0
    })
    this.#warm = new Promise((resolve) => {
      this.#process.on('message', (message: FromChild) => {
        if (message.kind === 'warm') resolve()
        else if (message.kind === 'counts') this.#answer?.(message.counts)
        else {
          this.port = message.port
          this.#up()
        }
      })
    })
    // Broken when it dies while something is being sent.
    this.#process.on('error', () => {})
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-LOG_LENGTH)
    })
  }

  /** Whether it was killed, by itself or by us. It must not end in another way. */
  get wasKilled(): boolean {
    return this.#process.signalCode === 'SIGKILL'
  }

  /** Resolves when everything is imported, or it is gone. */
  async warm(): Promise<void> {
    await Promise.race([this.#warm, this.exited])
  }

  /** Resolves when it serves, or is gone. */
  async start(orders: Orders): Promise<void> {
    await this.warm()
    const up = new Promise<void>((resolve) => {
      this.#up = resolve
    })
    this.clockOffset = orders.clockOffset
    this.tell({ kind: 'orders', orders })
    await Promise.race([up, this.exited])
  }

  tell(message: ToChild): void {
    if (!this.#process.connected) return
    if (message.kind === 'clock') this.clockOffset = message.offset
    this.#process.send(message, () => {})
  }

  /** How often it has come to each step. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const counted = new Promise<Readonly<Record<string, number>>>((resolve) => {
      this.#answer = resolve
    })
    this.tell({ kind: 'count' })
    const gone = this.exited.then(() => ({}))
    return Promise.race([counted, gone])
  }

  /** Lets it end by itself. */
  async leave(): Promise<void> {
    this.#process.disconnect()
    await this.exited
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.exited
  }
}

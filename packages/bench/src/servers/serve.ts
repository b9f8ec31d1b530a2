// A process of its own for one server: `serve.ts <framework>`, with a channel to its parent.
import { createServer, type RequestListener } from 'node:http'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

const frameworks: Readonly<
  Record<
    string,
    () => Promise<{ createListener(): RequestListener | Promise<RequestListener> }>
  >
> = {
  'node-http': () => import('./node-http.ts'),
  express: () => import('./express.ts'),
  koa: () => import('./koa.ts'),
  remix: () => import('./remix.ts'),
  next: () => import('./next.ts'),
}

const SAMPLE_INTERVAL_MS = 3
let sampling: NodeJS.Timeout | undefined
let peak = 0

/** What the parent may ask, each answered with a number. */
const questions = {
  /** CPU time used so far, in microseconds. */
  cpu(): number {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  /** The part of it that was not spent in the operating system, in microseconds. */
  userCpu: (): number => process.cpuUsage().user,
  /** Bytes held outside the JavaScript heap. `external` counts every array buffer. */
  async held(): Promise<number> {
    globalThis.gc?.()
    // The garbage collector gives memory back on a thread of its own.
    await setTimeout(50)
    globalThis.gc?.()
    return process.memoryUsage().external
  },
  /** Begins to look for the peak of what is held, collecting what was dropped in between. */
  watchHeld: () => watch(collectTwice),
  /** Begins to look for the peak of what is held or was dropped, as Node's own collections leave it. */
  watchAllocated: () => watch(() => {}),
  /** Bytes outside the JavaScript heap, at most, since one of the two above. */
  peak(): number {
    clearInterval(sampling)
    return peak
  },
}

/** The second collection waits for what the first has given back on a thread of its own. */
function collectTwice(): void {
  globalThis.gc?.({ type: 'minor' })
  globalThis.gc?.({ type: 'minor' })
}

async function watch(beforeSample: () => void): Promise<number> {
  clearInterval(sampling)
  peak = await questions.held()
  sampling = setInterval(() => {
    beforeSample()
    peak = Math.max(peak, process.memoryUsage().external)
  }, SAMPLE_INTERVAL_MS)
  return peak
}

export type Question = keyof typeof questions

const load = frameworks[process.argv[2] ?? '']
if (load === undefined) {
  throw new Error(`usage: serve.ts ${Object.keys(frameworks).join(' | ')}`)
}
const { createListener } = await load()
const server = createServer(await createListener())
process.on('message', async (question: Question) => {
  process.send?.(await questions[question]())
})
// Without a parent there is nobody to serve.
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.(address?.port)
})

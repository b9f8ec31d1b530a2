// A process for one target, so that its end is seen and its memory can be asked for.
import process from 'node:process'
import type { Target } from '../../src/target.ts'
import type { HostAnswer, HostRequest } from './host-messages.ts'

process.on('message', async (request: HostRequest) => {
  const answer: HostAnswer =
    request.kind === 'start' ? await start(request) : { kind: 'memory', bytes: measure() }
  process.send?.(answer)
})
// Whoever has started this process is gone.
process.on('disconnect', () => process.exit())

async function start({
  module,
  environment,
}: Extract<HostRequest, { kind: 'start' }>): Promise<HostAnswer> {
  try {
    const [target] = Object.values((await import(module)) as Record<string, Target>)
    if (target === undefined) throw new Error(`${module} exports no target`)
    const { url } = await target.start({ ...environment, log: () => {} })
    return { kind: 'started', url }
  } catch (error) {
    return {
      kind: 'failed',
      reason: error instanceof Error ? `${error.stack}` : `${error}`,
    }
  }
}

/** What is in use after a collection, in bytes. */
function measure(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

// A process that runs mutated targets, so that one that crashes takes only itself along.
import type { StartedTarget, Target } from '../../src/target/target.ts'
import { importEdited } from './apply-edits.ts'
import type { HostMessage, StartMessage, StopMessage } from './messages.ts'

const running = new Map<string, StartedTarget>()

process.on('message', (message: StartMessage | StopMessage) => {
  if (message.kind === 'start') void start(message)
  else void stop(message)
})

async function start({
  id,
  copy,
  module,
  edits,
  environment,
}: StartMessage): Promise<void> {
  try {
    const { default: target } = (await importEdited(module, copy, edits)) as {
      default: Target
    }
    const log = (line: string) => tell({ kind: 'log', id, line })
    const started = await target.start({ ...environment, log })
    running.set(id, started)
    tell({ kind: 'started', id, url: started.url })
  } catch (error) {
    tell({
      kind: 'failed',
      id,
      reason: error instanceof Error ? `${error.stack}` : String(error),
    })
  }
}

async function stop({ id }: StopMessage): Promise<void> {
  await running.get(id)?.stop()
  running.delete(id)
  tell({ kind: 'stopped', id })
}

function tell(message: HostMessage): void {
  process.send?.(message)
}

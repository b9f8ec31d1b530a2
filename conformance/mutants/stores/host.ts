// A process that holds edited stores against the contract, one at a time, so that one that
// crashes takes only itself along.
import process from 'node:process'
import type { TransactionKind } from '@countersign/core'
import { runStoreContract } from '../../stores/run-contract.ts'
import type { StoreSubject } from '../../stores/subject.ts'
import { importEdited } from '../host/apply-edits.ts'
import { EDITS_OF_CHILDREN } from './edits-of-children.ts'
import type { RunAnswer, RunMessage } from './host-messages.ts'

/** Ends what hangs. */
const TIMEOUT_MS = 15_000

process.on('message', (message: RunMessage) => {
  void run(message).then((answer) => process.send?.(answer))
})

async function run({ id, module, edits, withProcesses }: RunMessage): Promise<RunAnswer> {
  process.env[EDITS_OF_CHILDREN] = JSON.stringify({ id, edits })
  try {
    const { subject } = (await importEdited(module, id, edits)) as {
      subject: StoreSubject<TransactionKind>
    }
    const without = [
      ...(subject.without ?? []),
      ...(withProcesses ? [] : (['processes'] as const)),
    ]
    const results = await runStoreContract(
      { ...subject, without },
      { timeoutMs: TIMEOUT_MS },
    )
    return { results }
  } catch (error) {
    return { problem: error instanceof Error ? `${error.stack}` : String(error) }
  }
}

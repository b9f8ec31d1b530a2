// Loaded before everything else by hosts, and by the processes that they start: these find
// in their environment which edits the modules of their store have.
import process from 'node:process'
import { registerEdits } from '../host/apply-edits.ts'
import type { Edit } from '../mutant.ts'

export const EDITS_OF_CHILDREN = 'COUNTERSIGN_STORE_EDITS'

const text = process.env[EDITS_OF_CHILDREN]
if (text !== undefined) {
  const { id, edits } = JSON.parse(text) as { id: string; edits: readonly Edit[] }
  registerEdits(id, edits)
}

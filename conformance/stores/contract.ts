import { atomicities } from './contract/atomicity.ts'
import { claims } from './contract/claim.ts'
import { claimsAndCommits } from './contract/claim-and-commit.ts'
import { claimsOfNext } from './contract/claim-next.ts'
import { claimsOfObjects } from './contract/claim-next-of-objects.ts'
import { commits } from './contract/commit.ts'
import { crashes } from './contract/crash.ts'
import { durabilities } from './contract/durability.ts'
import { effects } from './contract/effects.ts'
import { lists } from './contract/list.ts'
import { mirrors } from './contract/mirror.ts'
import { outboxes } from './contract/outbox.ts'
import { prunes } from './contract/prune.ts'
import { records } from './contract/record.ts'
import { releases } from './contract/release.ts'
import { checkpoints, requeues, skips } from './contract/requeue.ts'
import { watches } from './contract/watch.ts'
import type { StoreStatement } from './statement.ts'

/** Every statement about a store, in the order of the report. */
export const storeContract: readonly StoreStatement[] = [
  ...claims,
  ...claimsAndCommits,
  ...records,
  ...claimsOfNext,
  ...claimsOfObjects,
  ...commits,
  ...effects,
  ...releases,
  ...outboxes,
  ...mirrors,
  ...lists,
  ...requeues,
  ...skips,
  ...prunes,
  ...checkpoints,
  ...watches,
  ...atomicities,
  ...durabilities,
  ...crashes,
]

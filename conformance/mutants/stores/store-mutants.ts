import { memoryClaimMutants } from './memory-claim.ts'
import { memoryClaimNextMutants } from './memory-claim-next.ts'
import { memoryCommitMutants } from './memory-commit.ts'
import { memoryEffectsMutants } from './memory-effects.ts'
import { memoryKeysMutants } from './memory-keys.ts'
import { memoryMirrorMutants } from './memory-mirror.ts'
import { memoryOutboxMutants } from './memory-outbox.ts'
import { memoryPruneMutants } from './memory-prune.ts'
import { memoryRecordMutants } from './memory-record.ts'
import { memoryRecoveryMutants } from './memory-recovery.ts'
import { memoryReleaseMutants } from './memory-release.ts'
import { memoryWatchMutants } from './memory-watch.ts'
import { postgresMutants } from './postgres.ts'
import { sqliteCommitMutants } from './sqlite-commits.ts'
import { sqliteRowMutants } from './sqlite-rows.ts'
import type { StoreMutant } from './store-mutant.ts'

export const storeMutants: readonly StoreMutant[] = [
  ...memoryClaimMutants,
  ...memoryKeysMutants,
  ...memoryRecordMutants,
  ...memoryClaimNextMutants,
  ...memoryCommitMutants,
  ...memoryReleaseMutants,
  ...memoryEffectsMutants,
  ...memoryOutboxMutants,
  ...memoryMirrorMutants,
  ...memoryRecoveryMutants,
  ...memoryPruneMutants,
  ...memoryWatchMutants,
  ...sqliteCommitMutants,
  ...sqliteRowMutants,
  ...postgresMutants,
]

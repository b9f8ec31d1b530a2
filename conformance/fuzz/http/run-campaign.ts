import { runTarget, type TargetResult } from './run-target.ts'
import type { Subject } from './start-host.ts'

export interface CampaignOptions {
  readonly subjects: readonly Subject[]
  readonly seed: number
  /** Spread evenly over the targets. */
  readonly cases: number
  /** Runs only this case of each. */
  readonly only?: number
  /** Called with how many of all cases are done. */
  readonly onProgress: (done: number, all: number) => void
  /** Takes a line about what takes long. */
  readonly onNotice: (line: string) => void
}

/** Runs the cases of all targets side by side, and ends it at the first violation. */
export async function runCampaign({
  subjects,
  seed,
  cases,
  only,
  onProgress,
  onNotice,
}: CampaignOptions): Promise<readonly TargetResult[]> {
  for (const { prepare } of subjects) await prepare?.(onNotice)
  const over = new AbortController()
  let done = 0
  return Promise.all(
    subjects.map(async (subject, at) => {
      const share = Math.floor((cases + at) / subjects.length)
      const result = await runTarget(subject, {
        seed,
        cases: share,
        ...(only !== undefined && { only }),
        signal: over.signal,
        onProgress(count) {
          done += count
          onProgress(done, only === undefined ? cases : subjects.length)
        },
      })
      if (result.violation !== undefined) over.abort()
      return result
    }),
  )
}

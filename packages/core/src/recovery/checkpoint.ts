import type { RecoveryStore } from '../store/recovery-store.ts'

/** Up to when the events of one mode and account have been taken in: seconds since 1970-01-01 UTC, by Stripe's clock. */
export interface Checkpoint {
  readonly through: number | undefined
  /** Never goes back. */
  readonly advance: (to: number) => Promise<void>
}

/** @param account The connected account (`acct_…`), or `undefined` for the platform's own events. */
export async function openCheckpoint(
  store: RecoveryStore,
  mode: 'test' | 'live',
  account: string | undefined,
): Promise<Checkpoint> {
  const name = account === undefined ? `catchUp:${mode}` : `catchUp:${mode}:${account}`
  const text = await store.readCheckpoint(name)
  let through = text === undefined ? undefined : Number(text)
  return {
    through,
    async advance(to) {
      if (through !== undefined && to <= through) return
      await store.writeCheckpoint(name, String(to))
      through = to
    },
  }
}

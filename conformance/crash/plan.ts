import { seededChooser } from '../fuzz/chooser.ts'
import type { Orders, StoreName } from './child/messages.ts'

/** How one world is set up. The same seed gives the same plan. */
export interface Plan {
  readonly seed: number
  readonly store: StoreName
  readonly processing: Orders['processing']
  readonly sync: Orders['sync']
  /** Processes that share the database. */
  readonly roles: readonly Orders['role'][]
  /** `jumping` clocks go hours forward and back, also while a process lives. */
  readonly clocks: 'steady' | 'jumping'
  /** One in so many runs of a handler fails. */
  readonly failures: number
}

export function planOf(store: StoreName, seed: number): Plan {
  const chooser = seededChooser(seed)
  const isEngine = store === 'engine'
  return {
    seed,
    store,
    // In turns, so that a short campaign has all four.
    processing: isEngine || seed % 2 === 1 ? 'durable' : 'inline',
    sync: seed % 4 < 2 ? 'refetch' : 'event',
    roles: isEngine
      ? chooser.of<Plan['roles']>([['both'], ['both', 'both'], ['receiver', 'worker']])
      : chooser.of<Plan['roles']>([['both'], ['both', 'both']]),
    clocks: chooser.of(['steady', 'steady', 'jumping']),
    failures: chooser.of([0, 20, 40]),
  }
}

/** Worlds of one setting come to the same steps. */
export function settingOf({ store, processing, sync, roles }: Plan): string {
  return [store, processing, sync, roles.join('+')].join(' ')
}

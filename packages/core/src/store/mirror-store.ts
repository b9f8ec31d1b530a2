import type { MirrorRow } from '../mirror/mirror-row.ts'
import type { MirrorKind } from '../mirror/mirrored.ts'
import type { Scope } from './delivery.ts'

/** The part of a store that keeps customers, subscriptions and invoices as Stripe has them. Rows are written by commits alone. */
export interface MirrorStore {
  /** Atomically gives a number greater than every one it gave before, to any process. */
  readonly takeTicket: () => Promise<number>
  readonly find: (
    scope: Scope,
    kind: MirrorKind,
    id: string,
  ) => Promise<MirrorRow | undefined>
  /** The rows of one customer (`cus_…`), by id. */
  readonly findByCustomer: (
    scope: Scope,
    kind: MirrorKind,
    customer: string,
  ) => Promise<readonly MirrorRow[]>
}

import type { StatementSync } from 'node:sqlite'
import {
  type MirroredObject,
  type MirrorKind,
  type MirrorRow,
  type MirrorStore,
  type MirrorWrite,
  mergeMirror,
  type Scope,
} from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import type { StoreContext } from './store-context.ts'

export interface MirrorRows extends MirrorStore {
  /** In a transaction. */
  readonly merge: (scope: Scope, write: MirrorWrite, now: number) => void
}

interface KindStatements {
  readonly find: StatementSync
  readonly findByCustomer: StatementSync
  readonly upsert: StatementSync
}

/** A row as it is stored: in JSON. */
interface StoredRow {
  readonly data: string
  readonly chain: string
  readonly updated_at: number
}

const never = () => false

export function createMirrorRows({ db, tables, read, write }: StoreContext): MirrorRows {
  const kinds: Readonly<Record<MirrorKind, KindStatements>> = {
    customer: statementsOf(tables.customers),
    subscription: statementsOf(tables.subscriptions),
    invoice: statementsOf(tables.invoices),
  }
  const nextTicket = prepare(
    db,
    `UPDATE ${tables.tickets} SET last = last + 1 RETURNING last`,
  )

  function statementsOf(table: string): KindStatements {
    const select = `SELECT data, chain, updated_at FROM ${table} WHERE livemode = ? AND account = ?`
    return {
      find: prepare(db, `${select} AND id = ?`),
      // The `+` keeps the primary key from being walked for all of an account.
      findByCustomer: prepare(
        db,
        `${select.replace('livemode', '+livemode')} AND customer = ? ORDER BY id`,
      ),
      upsert: prepare(
        db,
        `INSERT INTO ${table} (livemode, account, id, customer, status, data, chain, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (livemode, account, id) DO UPDATE SET
          customer = excluded.customer, status = excluded.status, data = excluded.data,
          chain = excluded.chain, updated_at = excluded.updated_at`,
      ),
    }
  }

  function findRow(
    { livemode, account }: Scope,
    kind: MirrorKind,
    id: string,
  ): MirrorRow | undefined {
    const row = kinds[kind].find.get(livemode ? 1 : 0, account, id)
    return row && toRow(row as unknown as StoredRow)
  }

  return {
    merge(scope, change, now) {
      const { kind, id } = change.by === 'fetch' ? change.data : change.link.data
      const row = mergeMirror(findRow(scope, kind, id), change, now)
      if (row === undefined) return
      kinds[kind].upsert.run(
        scope.livemode ? 1 : 0,
        scope.account,
        id,
        ...customerAndStatusOf(row.data),
        JSON.stringify(row.data),
        JSON.stringify(row.order),
        row.updatedAt,
      )
    },
    takeTicket: () =>
      write({ write: () => Number(nextTicket.get()?.last), isRelied: never }),
    find: (scope, kind, id) => read(() => findRow(scope, kind, id)),
    findByCustomer: ({ livemode, account }, kind, customer) =>
      read(() =>
        kinds[kind].findByCustomer
          .all(livemode ? 1 : 0, account, customer)
          .map((row) => toRow(row as unknown as StoredRow)),
      ),
  }
}

function toRow({ data, chain, updated_at: updatedAt }: StoredRow): MirrorRow {
  return { data: JSON.parse(data), order: JSON.parse(chain), updatedAt }
}

function customerAndStatusOf(
  object: MirroredObject,
): [customer: string | null, status: string | null] {
  if (object.kind !== 'customer') return [object.customer, object.status]
  return [object.id, object.deleted ? 'deleted' : 'active']
}

import type { Store, TransactionKind } from '@countersign/core'

/**
 * What a statement may need beside a store. A subject has all of it unless it says otherwise:
 *
 * | capability | what it needs |
 * | --- | --- |
 * | `reader` | a database that can be looked into, and that the application's own table shares |
 * | `durable` | what was stored is there after the store was closed and opened again |
 * | `processes` | another process can open the same storage |
 * | `connections` | connections to a server, which somebody else can cut |
 */
export type Capability = 'reader' | 'durable' | 'processes' | 'connections'

/** Where stores keep their data: a folder, a schema of a database, whatever `location` can name. */
export interface Storage {
  /** A text, so that another process can find it. */
  readonly location: string
  readonly remove: () => Promise<void>
}

export interface OpenStore<Tx extends TransactionKind> {
  readonly store: Store<Tx>
  readonly close: () => Promise<void>
}

/** Everything that stands in a database, as it says itself. The store must not be asked. */
export interface RawState {
  readonly events: readonly RawEvent[]
  /** How many bodies are kept, those of no event included. */
  readonly bodies: number
  readonly effects: readonly RawEffect[]
  readonly messages: readonly RawMessage[]
  readonly mirror: readonly RawMirrorRow[]
  /** The values of the application's own table. */
  readonly rows: readonly string[]
}

export interface RawEvent extends RawScope {
  readonly eventId: string
  readonly state: string
  readonly endpoint: string | null
  readonly body: Uint8Array | null
}

export interface RawEffect extends RawScope {
  readonly key: string
}

export interface RawMessage extends RawScope {
  readonly topic: string
  readonly key: string
  /** Parsed. */
  readonly payload: unknown
  readonly state: string
}

export interface RawMirrorRow extends RawScope {
  readonly kind: string
  readonly id: string
}

interface RawScope {
  readonly livemode: boolean
  readonly account: string
}

/** A connection of its own that sees only what has been committed. */
export interface RawReader {
  /** One that can read synchronously has read when it returns. */
  readonly read: () => Promise<RawState>
  readonly close: () => Promise<void>
}

/** A store as the contract needs it. `Tx` is the kind of its transactions. */
export interface StoreSubject<Tx extends TransactionKind> {
  readonly name: string
  readonly transactions: 'sync' | 'async'
  /** What it lacks. Default: nothing. Statements that need it are left out. */
  readonly without?: readonly Capability[]
  /**
   * The URL of a module that exports this subject as `subject`, so that a process of its own
   * can open the storage. For `processes`.
   */
  readonly module?: string
  /** Makes a storage that nobody else uses: migrated, empty, and with a table of the application beside the store's. */
  readonly create: () => Promise<Storage>
  /** Opens the store as a process of its own would. */
  readonly open: (location: string) => Promise<OpenStore<Tx>>
  /** Writes into the application's table by the handle of a transaction. */
  readonly insertRow: (tx: HandleOf<Tx>, value: string) => unknown
  /** For `reader`. */
  readonly openReader?: (location: string) => Promise<RawReader>
  /** For `connections`: ends all connections that stores have to this storage, from outside. */
  readonly cutConnections?: (location: string) => Promise<void>
  /** Gives back what all storages share. */
  readonly end?: () => Promise<void>
}

export type HandleOf<Tx extends TransactionKind> = Tx extends {
  readonly sync: infer Sync
}
  ? Sync
  : Tx extends { readonly async: infer Async }
    ? Async
    : never

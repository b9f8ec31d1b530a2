import type {
  CommitMark,
  CommitResult,
  Delivery,
  EventKey,
  EventRecord,
  Lease,
  OutboxMessage,
  Store,
  StoreWork,
  TransactionKind,
} from '@countersign/core'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { within } from '../src/runner/within.ts'
import { type Plan, type PlanResult, toWork } from './planned-work.ts'
import type { RawReader, RawState, StoreSubject } from './subject.ts'

/** A store, and its `commit` for plans, which are the same whatever the kind of its transactions. */
export interface Instance extends Omit<Store<TransactionKind>, 'commit'> {
  readonly commit: (
    lease: Lease,
    mark: CommitMark,
    plan?: Plan,
  ) => Promise<CommitResult<PlanResult>>
  /** `commit` with a callback of which nothing else is known. */
  readonly commitRaw: (
    lease: Lease,
    mark: CommitMark,
    work: () => Promise<void>,
  ) => Promise<CommitResult<unknown>>
}

/** When statements take place: time is passed in, and never waited for. Milliseconds. */
export const NOW = 1_800_000_000_000
export const LEASE_MS = 60_000

/** The options of whoever claims at this time, in milliseconds after {@link NOW}. */
export function at(afterMs: number): { readonly now: number; readonly leaseMs: number } {
  return { now: NOW + afterMs, leaseMs: LEASE_MS }
}

/** The mark of an event's last handler. */
export const DONE: CommitMark = { now: NOW, handler: 'last', state: 'processed' }

/** What a statement works with: instances of a store on a storage that nobody else uses. */
export interface StoreContext {
  /** The first one. */
  readonly store: Instance
  /** A further instance on the same storage, as another process has it. */
  readonly open: () => Promise<Instance>
  /** Closes all instances, and opens one. */
  readonly reopen: () => Promise<Instance>
  /** What stands in the database. For statements that need a `reader`. */
  readonly read: () => Promise<RawState>
  /** Cuts every connection of the stores. For statements that need `connections`. */
  readonly cutConnections: () => Promise<void>
  readonly location: string
  readonly module: string | undefined
}

let count = 0

/** A new event about a new object, unless the facts say otherwise. */
export function delivery({
  key,
  ...facts
}: Partial<Omit<Delivery, 'key'>> & { readonly key?: Partial<EventKey> } = {}): Delivery {
  count += 1
  const eventId = key?.eventId ?? `evt_${count}`
  return {
    key: { livemode: false, account: '', ...key, eventId },
    type: 'invoice.paid',
    objectId: `in_${count}`,
    endpoint: undefined,
    created: NOW / 1_000,
    body: new TextEncoder().encode(`{"id":"${eventId}"}`),
    ...facts,
  }
}

/** A new message, unless the facts say otherwise. */
export function message(facts: Partial<OutboxMessage> = {}): OutboxMessage {
  count += 1
  return { topic: 'mail', key: `message_${count}`, payload: { to: count }, ...facts }
}

/** The lease of an event that somebody must be able to claim now. */
export async function claim(
  store: Pick<Instance, 'claim'>,
  event: Delivery = delivery(),
  options: ReturnType<typeof at> = at(0),
): Promise<Lease> {
  const result = await store.claim(event, options)
  if (result.status === 'claimed') return result.lease
  throw new CheckFailure('a lease', result.status)
}

/** An event that has been claimed, and the way in which it ended. */
export async function processed(store: Instance, event: Delivery): Promise<void> {
  await store.commit(await claim(store, event), DONE)
}

/** What the store says of an event. */
export async function recordOf(
  store: Pick<Instance, 'recovery'>,
  { livemode, account, eventId }: EventKey,
): Promise<EventRecord> {
  const query = { livemode, ids: [eventId] }
  const { events } = await store.recovery.list(query, { limit: 10 })
  const found = events.find(({ key }) => key.account === account)
  if (found !== undefined) return found
  throw new CheckFailure(`the event ${eventId} in the list`, `${events.length} others`)
}

/** How long a storage that has failed may take to be closed, in milliseconds. */
const CLOSE_MS = 3_000

/**
 * Opens a storage, runs something with it, and removes it, however that ends.
 *
 * @throws Error also when it takes longer than `timeoutMs`.
 */
export async function withStorage<Tx extends TransactionKind>(
  subject: StoreSubject<Tx>,
  run: (t: StoreContext) => Promise<void>,
  timeoutMs = 30_000,
): Promise<void> {
  const { location, remove } = await subject.create()
  let closers: (() => Promise<void>)[] = []
  const closeAll = async () => {
    const all = closers
    closers = []
    for (const close of all) await close()
  }
  const open = async () => {
    const { store, close } = await subject.open(location)
    closers.push(close)
    return toInstance(store, subject)
  }
  let reader: RawReader | undefined
  try {
    reader = await subject.openReader?.(location)
    const cut = subject.cutConnections?.bind(subject, location)
    const context: StoreContext = {
      store: await open(),
      open,
      async reopen() {
        await closeAll()
        return open()
      },
      read: required('openReader', reader?.read),
      cutConnections: required('cutConnections', cut),
      location,
      module: subject.module,
    }
    await within(timeoutMs, run(context))
  } finally {
    // What the statement said matters more than a store that cannot be closed after it.
    await within(CLOSE_MS, closeAll()).catch(() => {})
    await reader?.close()
    await remove()
  }
}

function required<T>(
  name: string,
  found: (() => Promise<T>) | undefined,
): () => Promise<T> {
  return (
    found ??
    (async () => {
      throw new Error(`this subject has no ${name}, and does not say that it lacks it`)
    })
  )
}

export function toInstance<Tx extends TransactionKind>(
  store: Store<Tx>,
  subject: StoreSubject<Tx>,
): Instance {
  const { durable, claim, claimAndCommit, record, claimNext, release, watch } = store
  const { outbox, mirror, recovery } = store
  return {
    durable,
    outbox,
    mirror,
    recovery,
    claim: claim.bind(store),
    claimAndCommit: claimAndCommit.bind(store),
    record: record.bind(store),
    claimNext: claimNext.bind(store),
    release: release.bind(store),
    watch: watch.bind(store),
    commit: (lease, mark, plan) =>
      plan === undefined
        ? store.commit<PlanResult>(lease, mark)
        : store.commit(lease, mark, toWork(plan, subject)),
    commitRaw: (lease, mark, work) =>
      // A cast, as plain JavaScript does without: the types refuse a promise where none is awaited.
      store.commit(lease, mark, work as unknown as StoreWork<Tx, unknown>),
  }
}

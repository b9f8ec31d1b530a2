import type { Settings } from '../billing/settings.ts'
import { parseEvent } from '../events/parse-event.ts'
import { actsOn } from '../processing/acts-on.ts'
import type { Delivery, EventKey } from '../store/delivery.ts'
import type { EventState } from '../store/inbox-store.ts'
import { nameOf } from '../store/name-of.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { findBinding } from '../webhooks/find-binding.ts'
import { toDelivery, toEventKey } from '../webhooks/to-delivery.ts'
import type { ListedEvent } from './list-events.ts'
import { pagesOf } from './pages-of.ts'
import { runNow } from './run-now.ts'

/** What became of the events that were taken in. */
export interface IntakeTally {
  /** Events that Stripe has listed. */
  readonly seen: number
  /** Events that were not here, or on which nothing had acted: they were stored. */
  readonly missing: number
  /** Events on which nothing here acts. They are not stored. */
  readonly ignored: number
  /** Events of an account that no webhook secret is for, or of the other mode. They are not stored. */
  readonly foreign: number
  /** Inline: events that have run to their end. In durable mode a worker runs them, and this stays 0. */
  readonly processed: number
  /** Inline: events that have failed. A worker, or `retry`, runs them again. */
  readonly failed: number
  /** Events that are stored, and that a worker still has to run. */
  readonly waiting: number
}

/** Takes in the events that Stripe lists and the store lacks, as if they were delivered now. */
export class Intake<Tx extends TransactionKind> {
  readonly #settings: Settings<Tx>
  readonly #account: string
  readonly #tally = {
    seen: 0,
    missing: 0,
    ignored: 0,
    foreign: 0,
    processed: 0,
    failed: 0,
    waiting: 0,
  }

  /** @param account The connected account (`acct_…`) whose events these are, or `''`. */
  constructor(settings: Settings<Tx>, account: string) {
    this.#settings = settings
    this.#account = account
  }

  get tally(): IntakeTally {
    return { ...this.#tally }
  }

  /** What has been given up, matched nobody or was skipped stays as it is: that is for people. */
  async take(events: readonly ListedEvent[]): Promise<void> {
    const { clock, store } = this.#settings
    const wanted = events.flatMap((event) => this.#wanted(event))
    const stateOf = await this.#states(wanted)
    const open: EventKey[] = []
    for (const delivery of wanted) {
      const state = stateOf.get(nameOf(delivery.key))
      if (state === undefined || state === 'ignored') {
        const recorded = await store.record(delivery, 'received', { now: clock.now() })
        if (recorded === 'stored') this.#tally.missing += 1
        if (recorded !== 'processed') open.push(delivery.key)
      } else if (state === 'received' || state === 'failed') {
        open.push(delivery.key)
      }
    }
    const { processed, failed, waiting } = await runNow(this.#settings, open)
    this.#tally.processed += processed
    this.#tally.failed += failed
    this.#tally.waiting += waiting
    this.#tally.seen += events.length
  }

  #wanted(event: ListedEvent): readonly Delivery[] {
    const { bindings, logger, mode } = this.#settings
    const delivery = deliveryOf(event, this.#account)
    if (delivery === undefined) {
      logger.error('what Stripe has listed as an event is none, and is passed over', {
        eventId: event.id,
      })
    } else if (findBinding(delivery.key, bindings.flat(), mode).foreignness) {
      this.#tally.foreign += 1
    } else if (!actsOn(this.#settings, delivery.type)) {
      this.#tally.ignored += 1
    } else {
      return [delivery]
    }
    return []
  }

  async #states(
    deliveries: readonly Delivery[],
  ): Promise<ReadonlyMap<string, EventState>> {
    const { mode, store } = this.#settings
    const states = new Map<string, EventState>()
    if (deliveries.length === 0) return states
    const ids = deliveries.map(({ key }) => key.eventId)
    const query = { livemode: mode === 'live', ids }
    for await (const records of pagesOf(store.recovery, query, ids.length)) {
      for (const { key, state } of records) states.set(nameOf(key), state)
    }
    return states
  }
}

const encoder = new TextEncoder()

function deliveryOf(event: ListedEvent, account: string): Delivery | undefined {
  // An account's own list does not say whose it is, and a webhook about it does.
  const received = account === '' ? event : { ...event, account }
  const body = encoder.encode(JSON.stringify(received))
  const parsed = parseEvent(body)
  if (parsed.kind !== 'snapshot') return undefined
  return toDelivery(toEventKey(parsed.received), parsed.received, body, undefined)
}

import type { Invoice } from '../billing/invoice-object.ts'
import type { StripeEvent } from '../events/stripe-event.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { SetupIntent } from '../payments/setup-intent-object.ts'
import { Account } from './account.ts'
import type { Context } from './context.ts'
import { Random } from './ids.ts'
import { Timeline } from './timeline.ts'

/** How billing behaves where Stripe leaves it to settings of the account. */
export interface BillingSettings {
  /** When a failed payment is tried again: days after the attempt before. Stripe's Smart Retries choose by machine learning; the default only has their number and their span. */
  readonly retryDays: readonly number[]
  /** What becomes of a subscription when no retry is left. */
  readonly afterRetries: 'cancel' | 'unpaid' | 'past_due'
  /** With billing automations `next_payment_attempt` shows in `invoice.updated`, and not in `invoice.payment_failed`. */
  readonly automations: boolean
  /** How long before a renewal `invoice.upcoming` comes, in days; 0: never. */
  readonly upcomingDays: number
}

/** What has become of an invoice. */
export type InvoiceOutcome =
  | 'action_required'
  | 'failed'
  | 'paid'
  | 'uncollectible'
  | 'voided'
  /** A `send_invoice` invoice is past its due date. */
  | 'overdue'
  /** It failed, and no retry is left. */
  | 'exhausted'

/** What others do when a payment, a set-up or an invoice has come further. They are told after its events. */
export interface Observers {
  readonly onInvoice: readonly ((
    context: Context,
    invoice: Invoice,
    outcome: InvoiceOutcome,
  ) => void)[]
  readonly onPaymentIntent: readonly ((context: Context, intent: PaymentIntent) => void)[]
  readonly onSetupIntent: readonly ((context: Context, intent: SetupIntent) => void)[]
}

export interface WorldOptions {
  /** Where the emulator's own pages are: `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly observers: Observers
  readonly apiVersion: string
  readonly seed: number | string | undefined
  /** Seconds since 1970-01-01 UTC. */
  readonly startAt: number
  readonly isRunning: boolean
  readonly billing: BillingSettings
  /** How many events an account keeps; older ones are forgotten. */
  readonly eventRetention: number
  readonly onEvent: (event: StripeEvent, account: Account, object: object) => void
  /** Whether an endpoint has been sent an event about an object, and has only failed so far. */
  readonly isRefusing: (objectId: string, eventType: string) => boolean
  /** Told of a defect of the emulator itself. */
  readonly onError: (error: unknown) => void
}

/** The platform account, its connected accounts, and the clock that they share. */
export class World {
  readonly url: string
  readonly observers: Observers
  readonly apiVersion: string
  readonly billing: BillingSettings
  readonly eventRetention: number
  readonly random: Random
  readonly timeline: Timeline
  readonly platform: Account
  readonly onEvent: WorldOptions['onEvent']
  readonly isRefusing: WorldOptions['isRefusing']
  readonly onError: WorldOptions['onError']
  readonly #connected = new Map<string, Account>()

  constructor(options: WorldOptions) {
    this.url = options.url
    this.observers = options.observers
    this.apiVersion = options.apiVersion
    this.billing = options.billing
    this.eventRetention = options.eventRetention
    this.onEvent = options.onEvent
    this.isRefusing = options.isRefusing
    this.onError = options.onError
    this.random = new Random(options.seed)
    const { startAt, isRunning, onError } = options
    this.timeline = new Timeline({ startAt, isRunning, onError })
    this.platform = new Account(this, this.random.id('acct').slice(0, 21))
  }

  /** A connected account, which is there as soon as it is named: accounts are not modelled. */
  account(id: string): Account {
    if (id === this.platform.id) return this.platform
    const known = this.#connected.get(id)
    if (known !== undefined) return known
    const account = new Account(this, id)
    this.#connected.set(id, account)
    return account
  }

  accounts(): readonly Account[] {
    return [this.platform, ...this.#connected.values()]
  }

  /** Ends its clocks. */
  close(): void {
    this.timeline.close()
    for (const account of this.accounts()) account.close()
  }
}

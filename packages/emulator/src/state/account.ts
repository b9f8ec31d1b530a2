import type { InvoiceItem } from '../billing/invoice-item-object.ts'
import type { Invoice, InvoicePayment, InvoiceState } from '../billing/invoice-object.ts'
import type { Subscription, SubscriptionState } from '../billing/subscription-object.ts'
import type { TestClock } from '../billing/test-clock-object.ts'
import type { Price, Product } from '../catalogue/catalogue-objects.ts'
import type {
  CheckoutSession,
  CheckoutState,
} from '../checkout/checkout-session-object.ts'
import type { Customer } from '../customers/customer-object.ts'
import { PackedText, Packer } from '../events/packed-text.ts'
import type { StripeEvent } from '../events/stripe-event.ts'
import type { BalanceTransaction } from '../payments/balance-transaction.ts'
import type { Charge } from '../payments/charge-object.ts'
import type { Dispute } from '../payments/dispute-object.ts'
import type { EarlyFraudWarning } from '../payments/early-fraud-warning.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { CardOnFile, PaymentMethod } from '../payments/payment-method-object.ts'
import type { Refund } from '../payments/refund-object.ts'
import type { SetupAttempt } from '../payments/setup-attempt-object.ts'
import type { SetupIntent } from '../payments/setup-intent-object.ts'
import type {
  EndpointState,
  WebhookEndpoint,
} from '../webhooks/webhook-endpoint-object.ts'
import { Collection, type StripeObject } from './collection.ts'
import type { Timeline } from './timeline.ts'
import type { World } from './world.ts'

/** How long Stripe keeps an event. */
const EVENT_DAYS = 30

/** Everything that one test account of Stripe remembers. */
export class Account {
  readonly world: World
  /** `acct_…` */
  readonly id: string
  readonly customers: Collection<Customer> = new Collection('customer')
  readonly products: Collection<Product> = new Collection('product')
  readonly prices: Collection<Price> = new Collection('price', ['product'])
  readonly paymentMethods: Collection<PaymentMethod> = new Collection('PaymentMethod')
  readonly setupIntents: Collection<SetupIntent> = new Collection('setupintent')
  readonly paymentIntents: Collection<PaymentIntent> = new Collection('payment_intent')
  readonly charges: Collection<Charge> = new Collection('charge', ['payment_intent'])
  readonly balanceTransactions: Collection<BalanceTransaction> = new Collection(
    'balance transaction',
  )
  readonly setupAttempts: Collection<SetupAttempt> = new Collection('setupattempt')
  readonly earlyFraudWarnings: Collection<EarlyFraudWarning> = new Collection(
    'early fraud warning',
    ['charge'],
  )
  readonly refunds: Collection<Refund> = new Collection('refund', ['charge'])
  readonly disputes: Collection<Dispute> = new Collection('dispute', ['charge'])
  readonly checkoutSessions: Collection<CheckoutSession> = new Collection(
    'checkout.session',
  )
  readonly subscriptions: Collection<Subscription> = new Collection('subscription', [
    'customer',
  ])
  readonly invoices: Collection<Invoice> = new Collection('invoice', ['customer'])
  readonly invoiceItems: Collection<InvoiceItem> = new Collection('invoiceitem', [
    'customer',
  ])
  readonly invoicePayments: Collection<InvoicePayment> = new Collection(
    'invoice_payment',
    ['invoice'],
  )
  readonly testClocks: Collection<TestClock> = new Collection('test_clock')
  readonly events: Collection<StripeEvent> = new Collection('event')
  readonly webhookEndpoints: Collection<WebhookEndpoint> = new Collection(
    'webhook endpoint',
  )

  /** What Stripe knows of a payment method and never answers, by its id. */
  readonly cardsOnFile: Map<string, CardOnFile> = new Map()
  /** What Stripe knows of a subscription and never answers, by its id. */
  readonly subscriptionStates: Map<string, SubscriptionState> = new Map()
  /** What Stripe knows of an invoice and never answers, by its id. */
  readonly invoiceStates: Map<string, InvoiceState> = new Map()
  /** The invoice that a payment intent pays, by the ids of both. */
  readonly invoiceOfIntent: Map<string, string> = new Map()
  /** What Stripe knows of a Checkout Session and never answers, by its id. */
  readonly checkoutStates: Map<string, CheckoutState> = new Map()
  /** The Checkout Session that a payment intent or setup intent is of, by the ids of both. */
  readonly checkoutOfIntent: Map<string, string> = new Map()
  /** What Stripe knows of a webhook endpoint and never answers, by its id. */
  readonly endpointStates: Map<string, EndpointState> = new Map()
  /** Prices that were made in passing, out of `price_data`, by their ids: no list shows them. */
  readonly inlinePrices: Set<string> = new Set()
  /** The clocks of test clocks, by the id of the test clock. */
  readonly testTimelines: Map<string, Timeline> = new Map()

  readonly #packer = new Packer()
  readonly #lastTexts = new WeakMap<object, PackedText>()

  constructor(world: World, id: string) {
    this.world = world
    this.id = id
  }

  get isPlatform(): boolean {
    return this === this.world.platform
  }

  /** @param prefix As in `pi_…`. */
  newId(prefix: string): string {
    return this.world.random.id(prefix)
  }

  /** The clock that a customer lives on. */
  timelineOf(customer: string | null): Timeline {
    if (customer === null || this.testTimelines.size === 0) return this.world.timeline
    const clock = this.customers.find(customer)?.test_clock
    const timeline = clock ? this.testTimelines.get(clock) : undefined
    return timeline ?? this.world.timeline
  }

  /** An object as JSON. Events about one that has not changed in between share it. */
  textOf(object: object): PackedText {
    const json = JSON.stringify(object)
    const last = this.#lastTexts.get(object)
    if (last?.isStill(json)) return last
    const text = new PackedText(json)
    this.#lastTexts.set(object, text)
    this.#packer.add(text)
    return text
  }

  keepEvent(event: StripeEvent): void {
    this.events.add(event)
    this.forgetOldEvents()
  }

  /**
   * Forgets the events that are too many, and those that are older than 30 days of the
   * emulator's clock.
   *
   * Source: https://docs.stripe.com/api/events/list
   */
  forgetOldEvents(): void {
    const { eventRetention, timeline } = this.world
    const earliest = timeline.now() - EVENT_DAYS * 86_400
    for (
      let oldest = this.events.oldest();
      oldest !== undefined &&
      (this.events.size > eventRetention || oldest.madeAt < earliest);
      oldest = this.events.oldest()
    ) {
      this.events.forget(oldest.id)
    }
  }

  /** Any object by its id, for `expand`. */
  find(id: string): StripeObject | undefined {
    const prefix = id.slice(0, id.lastIndexOf('_'))
    const found = this.#byPrefix.get(prefix)?.find(id)
    // Products and customers may have been given ids of their own.
    return found ?? this.products.find(id) ?? this.customers.find(id)
  }

  close(): void {
    for (const timeline of this.testTimelines.values()) timeline.close()
  }

  readonly #byPrefix: ReadonlyMap<string, Collection<StripeObject>> = new Map<
    string,
    Collection<StripeObject>
  >([
    ['ch', this.charges],
    ['clock', this.testClocks],
    ['cs_test', this.checkoutSessions],
    ['cus', this.customers],
    ['dp', this.disputes],
    ['du', this.disputes],
    ['evt', this.events],
    ['ii', this.invoiceItems],
    ['in', this.invoices],
    ['inpay', this.invoicePayments],
    ['issfr', this.earlyFraudWarnings],
    ['pi', this.paymentIntents],
    ['pm', this.paymentMethods],
    ['price', this.prices],
    ['prod', this.products],
    ['re', this.refunds],
    ['setatt', this.setupAttempts],
    ['seti', this.setupIntents],
    ['sub', this.subscriptions],
    ['txn', this.balanceTransactions],
  ])
}

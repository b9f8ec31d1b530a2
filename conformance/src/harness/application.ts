// The application around the webhooks: it charges cards and decides access. It is what
// users write themselves, done as they should do it.
import type { MirrorStore } from '@countersign/core'
import Stripe from 'stripe'

export interface PaymentRequest {
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly currency: string
  /** `pm_…` */
  readonly paymentMethod: string
  /** The application's own number of what is being paid. */
  readonly order: string
}

export interface ApplicationAnswer {
  readonly status: number
  readonly body: unknown
}

export interface Access {
  readonly access: boolean
  /** That of the owner's subscription; of one that has none, of the last payment intent that a webhook told of. */
  readonly status: string | null
}

export interface ApplicationOptions {
  readonly stripeApiBase: string
  readonly stripeSecretKey: string
  /** Where it looks up subscriptions. Without it they have no status. */
  readonly mirror?: MirrorStore | undefined
}

const PLATFORM = { livemode: false, account: '' }

/** Subscriptions in these states are served. */
const SERVED: readonly string[] = ['trialing', 'active']

export class Application {
  readonly #stripe: Stripe
  readonly #mirror: MirrorStore | undefined
  readonly #access = new Map<string, Access>()
  /** Ids, by owner. */
  readonly #subscriptions = new Map<string, string>()

  constructor({ stripeApiBase, stripeSecretKey, mirror }: ApplicationOptions) {
    this.#mirror = mirror
    const { hostname, port, protocol } = new URL(stripeApiBase)
    this.#stripe = new Stripe(stripeSecretKey, {
      host: hostname,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      protocol: protocol === 'https:' ? 'https' : 'http',
    })
  }

  /** Charges a card. The answer says what the buyer's browser has to do next; it grants nothing. */
  async pay(owner: string, request: PaymentRequest): Promise<ApplicationAnswer> {
    const { amount, currency, paymentMethod, order } = request
    try {
      const intent = await this.#stripe.paymentIntents.create(
        {
          amount,
          currency,
          payment_method: paymentMethod,
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { user_id: owner, order },
        },
        { idempotencyKey: `order:${order}:charge` },
      )
      return { status: 200, body: clientPart(intent) }
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeCardError)) throw error
      const { code, decline_code: declineCode, message, payment_intent: intent } = error
      return {
        status: 402,
        body: {
          error: { code, declineCode, message },
          ...(intent ? clientPart(intent) : {}),
        },
      }
    }
  }

  /** Takes over what a verified event says. The only way in which access is ever granted. */
  apply(event: {
    readonly type: string
    readonly data: { readonly object: unknown }
  }): void {
    const { id, metadata, status } = event.data.object as {
      readonly id: string
      readonly metadata?: Readonly<Record<string, string>>
      readonly status?: string
    }
    const owner = metadata?.user_id
    if (owner !== undefined && event.type.startsWith('customer.subscription.'))
      this.#subscriptions.set(owner, id)
    if (owner === undefined || !event.type.startsWith('payment_intent.')) return
    const access =
      event.type === 'payment_intent.succeeded' || this.accessOf(owner).access
    this.#access.set(owner, { access, status: status ?? null })
  }

  /** What payments alone have brought. */
  accessOf(owner: string): Access {
    return this.#access.get(owner) ?? { access: false, status: null }
  }

  async stateOf(owner: string): Promise<Access> {
    const paid = this.accessOf(owner)
    const id = this.#subscriptions.get(owner)
    if (id === undefined) return paid
    const row = await this.#mirror?.find(PLATFORM, 'subscription', id)
    if (row?.data.kind !== 'subscription') return paid
    const { status } = row.data
    return { access: paid.access || SERVED.includes(status), status }
  }
}

function clientPart({ status, client_secret }: Stripe.PaymentIntent): object {
  return { status, clientSecret: client_secret }
}

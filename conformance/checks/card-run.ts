import { randomInt } from 'node:crypto'
import { problemWith } from '../src/probe/schemas.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import type { RecordedCall, ReleasedDelivery } from '../src/runner/stripe-side.ts'

/** What the application is asked to charge, and for whom. */
export interface Purchase {
  readonly owner: string
  readonly order: string
  /** Cents. No two purchases of a run have the same amount, so that the call to Stripe can be found by it. */
  readonly amount: number
}

interface PayAnswer {
  readonly status?: string
  readonly clientSecret: string
  readonly error?: { readonly code: string; readonly declineCode?: string }
}

export function newPurchase(t: CheckContext, owner = `owner-${t.nonce()}`): Purchase {
  return { owner, order: `order-${t.nonce()}`, amount: randomInt(1_000, 90_000_000) }
}

/** Asks the target to charge a card. @param card A `pm_card_…` alias, or a number, as a browser would send it to Stripe. */
export async function payWithCard(
  t: CheckContext,
  card: string,
  purchase: Purchase = newPurchase(t),
): Promise<CardRun> {
  const { owner, order, amount } = purchase
  // Asked first: without it no payment may leave.
  const stripe = t.stripe()
  const paymentMethod = card.startsWith('pm_') ? card : await paymentMethodOf(t, card)
  const { response, error } = await t.send({
    method: 'POST',
    path: t.subject.routes.pay,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Conformance-Owner', owner],
    ],
    body: Buffer.from(JSON.stringify({ amount, currency: 'eur', paymentMethod, order })),
    framing: 'content-length',
    cuts: [],
  })
  if (response === undefined)
    throw new CheckFailure('an answer to the payment', `${error}`)
  const calls = await stripe.calls({ amount: String(amount) })
  const call = calls.findLast(({ path }) => path === '/v1/payment_intents')
  if (call === undefined) {
    throw new CheckFailure(
      'a payment intent made at STRIPE_API_BASE',
      `none; ${response.status}`,
    )
  }
  return new CardRun(t, purchase, call, response)
}

async function paymentMethodOf(t: CheckContext, number: string): Promise<string> {
  const { id } = await t.stripe().client.paymentMethods.create({
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
  })
  return id
}

/** One payment that the target was asked for, through its own route. */
export class CardRun {
  readonly purchase: Purchase
  /** The call that the target made at Stripe. */
  readonly call: RecordedCall
  readonly #t: CheckContext
  readonly #response: { readonly status: number; readonly body: string }

  constructor(
    t: CheckContext,
    purchase: Purchase,
    call: RecordedCall,
    response: { readonly status: number; readonly body: string },
  ) {
    this.#t = t
    this.purchase = purchase
    this.call = call
    this.#response = response
  }

  /** The payment intent, which the buyer's browser knows by its client secret. */
  get intentId(): string {
    return this.#answer().clientSecret.replace(/_secret_.*$/, '')
  }

  expectAnswer(status: number, intentStatus: string): void {
    const answer = this.#answer()
    if (this.#response.status !== status || answer.status !== intentStatus) {
      throw new CheckFailure(
        `${status} with the status ${intentStatus}`,
        `${this.#response.status} with ${answer.status}`,
      )
    }
  }

  expectDecline(code: string, declineCode: string): void {
    const { error } = this.#answer()
    if (
      this.#response.status !== 402 ||
      error?.code !== code ||
      error.declineCode !== declineCode
    ) {
      throw new CheckFailure(
        `402 with the code ${code} and the decline code ${declineCode}`,
        `${this.#response.status} with ${error?.code} and ${error?.declineCode}`,
      )
    }
  }

  /** Delivers the webhooks that are held about this payment; each must be answered with a 2xx. */
  async release(): Promise<readonly ReleasedDelivery[]> {
    const released = await this.#t.stripe().release(this.intentId)
    for (const { type, state, attempts } of released) {
      if (state === 'delivered') continue
      const [attempt] = attempts
      throw new CheckFailure(`a 2xx for ${type}`, `${attempt?.status ?? attempt?.error}`)
    }
    return released
  }

  /** Delivers them, and holds when these events are among them and each has acted once. */
  async expectEvents(...types: readonly string[]): Promise<void> {
    const released = await this.release()
    for (const type of types) {
      const delivery = released.find((candidate) => candidate.type === type)
      // Not the target's doing: the emulator did not make the event.
      if (delivery === undefined)
        throw new Error(`${type} was not sent for ${this.intentId}`)
      const { effects } = await this.#t.subject.probe.effects(delivery.event)
      if (effects.length !== 1) {
        throw new CheckFailure(`exactly one effect of ${type}`, String(effects.length))
      }
    }
  }

  /** Holds when the application, asked now, decides so. */
  async expectAccess(granted: boolean): Promise<void> {
    const { response, error } = await this.#t.send({
      method: 'GET',
      path: this.#t.subject.routes.access,
      headers: [['X-Conformance-Owner', this.purchase.owner]],
      body: Buffer.alloc(0),
      framing: 'content-length',
      cuts: [],
    })
    const answer = parseJson(response?.body ?? '')
    const problem = problemWith('access', answer)
    if (problem !== undefined)
      throw new CheckFailure('an answer about access', error ?? problem)
    if ((answer as { granted: boolean }).granted !== granted) {
      throw new CheckFailure(
        granted ? 'access' : 'no access',
        granted ? 'none' : 'access',
      )
    }
  }

  #answer(): PayAnswer {
    const answer: unknown = parseJson(this.#response.body)
    const problem = problemWith('pay', answer)
    if (problem === undefined) return answer as PayAnswer
    const { status, body } = this.#response
    throw new CheckFailure(
      `an answer to the payment as in protocol 1 (${problem})`,
      `${status} ${body}`,
    )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

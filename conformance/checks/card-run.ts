import { randomInt } from 'node:crypto'
import type { HttpRequest } from '../src/probe/http-message.ts'
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
  timeoutMs?: number,
): Promise<CardRun> {
  const { owner, order, amount } = purchase
  // Asked first: without it no payment may leave.
  t.stripe()
  const paymentMethod = card.startsWith('pm_') ? card : await paymentMethodOf(t, card)
  const body = JSON.stringify({ amount, currency: 'eur', paymentMethod, order })
  const request: HttpRequest = {
    method: 'POST',
    path: t.subject.routes.pay,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Conformance-Owner', owner],
    ],
    body: Buffer.from(body),
    framing: 'content-length',
    cuts: [],
  }
  const { response, error } = await t.send(request, { timeoutMs })
  if (response === undefined)
    throw new CheckFailure('an answer to the payment', `${error}`)
  return new CardRun(t, purchase, response)
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
  readonly #t: CheckContext
  readonly #response: { readonly status: number; readonly body: string }

  constructor(
    t: CheckContext,
    purchase: Purchase,
    response: { readonly status: number; readonly body: string },
  ) {
    this.#t = t
    this.purchase = purchase
    this.#response = response
  }

  /** The payment intent, which the buyer's browser knows by its client secret. */
  get intentId(): string {
    return this.#answer().clientSecret.replace(/_secret_.*$/, '')
  }

  /** The calls that the target made at Stripe for it, in their order: at least one. */
  async calls(): Promise<readonly [RecordedCall, ...RecordedCall[]]> {
    const amount = String(this.purchase.amount)
    const calls = await this.#t.stripe().calls({ amount })
    const [first, ...others] = calls.filter(({ path }) => path === '/v1/payment_intents')
    if (first !== undefined) return [first, ...others]
    const { status } = this.#response
    throw new CheckFailure('a payment intent made at STRIPE_API_BASE', `none; ${status}`)
  }

  /** Whether the buyer was told what became of the payment. */
  get isDecided(): boolean {
    return this.#response.status === 200 || this.#response.status === 402
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

  /** @param declineCode `null`: there is none. Without it, any will do. */
  expectDecline(code: string, declineCode?: string | null): void {
    const { error } = this.#answer()
    const isAsExpected =
      this.#response.status === 402 &&
      error?.code === code &&
      (declineCode === undefined || (error.declineCode ?? '') === (declineCode ?? ''))
    if (isAsExpected) return
    const more =
      declineCode === undefined ? '' : ` and the decline code ${declineCode ?? 'none'}`
    throw new CheckFailure(
      `402 with the code ${code}${more}`,
      `${this.#response.status} with ${error?.code} and ${error?.declineCode}`,
    )
  }

  /** Delivers the webhooks that are held about this payment; each must be answered with a 2xx. */
  async release(): Promise<readonly ReleasedDelivery[]> {
    return delivered(await this.#t.stripe().release(this.intentId))
  }

  /** The events about this payment, in the order in which they were made. None is delivered by this. */
  events(): Promise<readonly ReleasedDelivery[]> {
    return this.#t.stripe().deliveries(this.intentId)
  }

  /** Delivers events in this order; each must be answered with a 2xx. */
  async deliver(events: readonly ReleasedDelivery[]): Promise<void> {
    for (const { event } of events) delivered(await this.#t.stripe().resend(event))
  }

  /** Delivers them, and holds when these events are among them and each has acted once. */
  async expectEvents(...types: readonly string[]): Promise<void> {
    await this.expectEffects(await this.release(), ...types)
  }

  /** Holds when events of these types are among those delivered, and each has acted once. */
  async expectEffects(
    deliveries: readonly ReleasedDelivery[],
    ...types: readonly string[]
  ): Promise<void> {
    for (const type of types) {
      const events = deliveries.filter((candidate) => candidate.type === type)
      // Not the target's doing: the emulator did not make the event.
      if (events.length === 0)
        throw new Error(`${type} was not sent for ${this.intentId}`)
      for (const { event } of events) {
        const { effects } = await this.#t.whenActed(
          () => this.#t.subject.probe.effects(event),
          (recording) => recording.effects.length > 0,
        )
        if (effects.length === 1) continue
        throw new CheckFailure(`exactly one effect of ${type}`, String(effects.length))
      }
    }
  }

  /** Holds when the application decides so. */
  async expectAccess(granted: boolean): Promise<void> {
    const answer = await this.#t.whenActed(
      () => this.#access(),
      (access) => access === granted,
    )
    if (answer !== granted) {
      throw new CheckFailure(
        granted ? 'access' : 'no access',
        granted ? 'none' : 'access',
      )
    }
  }

  async #access(): Promise<boolean> {
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
    return (answer as { granted: boolean }).granted
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

/** What was sent, when each was answered with a 2xx. */
export function delivered(
  deliveries: readonly ReleasedDelivery[],
): readonly ReleasedDelivery[] {
  for (const { type, state, attempts } of deliveries) {
    if (state === 'delivered') continue
    const [attempt] = attempts
    throw new CheckFailure(`a 2xx for ${type}`, `${attempt?.status ?? attempt?.error}`)
  }
  return deliveries
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

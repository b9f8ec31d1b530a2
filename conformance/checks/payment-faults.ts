import { type Check, check } from '../src/catalogue/check.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import type { RecordedCall } from '../src/runner/stripe-side.ts'
import { type CardRun, newPurchase, type Purchase, payWithCard } from './card-run.ts'

const DEPENDS_ON = ['cards.succeeds']
const VISA = 'pm_card_visa'

/** The `stripe` package tries three times, and waits half a second and more in between. In milliseconds. */
const WITH_RETRIES_MS = 10_000

const HINT =
  'Derive the key from what is paid for, and use it again until an answer has come.'

/** What goes wrong at Stripe's side of a payment. */
export const paymentFaults: readonly Check[] = [
  check({
    id: 'cards.answer-lost',
    requirement: 'CARD-24',
    title:
      'A payment whose answer is lost is asked for again with the same key, and made once',
    dependsOn: DEPENDS_ON,
    isPatient: true,
    hint: HINT,
    run: async (t) => {
      const purchase = newPurchase(t)
      await t.stripe().disturbPayment('answer_lost', purchase.amount)
      await expectPaidOnce(await payUntilDecided(t, purchase))
    },
  }),
  check({
    id: 'cards.rate-limited',
    requirement: 'CARD-25',
    title:
      'A payment that meets a rate limit is no decline; asked for again, it has the same key, and is made once',
    dependsOn: DEPENDS_ON,
    hint: HINT,
    run: async (t) => {
      const purchase = newPurchase(t)
      await t.stripe().disturbPayment('rate_limit', purchase.amount)
      await expectPaidOnce(await payUntilDecided(t, purchase))
    },
  }),
  check({
    id: 'cards.server-error',
    requirement: 'CARD-26',
    title:
      "Stripe's 500 is neither a success nor a decline, and is never answered with another key",
    dependsOn: DEPENDS_ON,
    isPatient: true,
    hint: 'A key keeps its 500. Whether anything was charged is not known: another key might charge twice.',
    run: async (t) => {
      const purchase = newPurchase(t)
      await t.stripe().disturbPayment('server_error', purchase.amount)
      const [payment] = await Promise.all([
        payWithCard(t, VISA, purchase, WITH_RETRIES_MS),
        // The same, but for the fault.
        payUntilDecided(t, newPurchase(t)).then(expectPaidOnce),
      ])
      expectOneKey(await payment.calls())
      if (payment.isDecided) {
        throw new CheckFailure('an answer that the payment is not decided', 'a decision')
      }
      await payment.expectAccess(false)
    },
  }),
]

/** Asks once more when the first answer decides nothing, as a buyer would. */
async function payUntilDecided(t: CheckContext, purchase: Purchase): Promise<CardRun> {
  const first = await payWithCard(t, VISA, purchase, WITH_RETRIES_MS)
  return first.isDecided ? first : payWithCard(t, VISA, purchase, WITH_RETRIES_MS)
}

async function expectPaidOnce(payment: CardRun): Promise<void> {
  const calls = await payment.calls()
  expectOneKey(calls)
  payment.expectAnswer(200, 'succeeded')
  const made = calls.filter(({ status, isReplay }) => status === 200 && !isReplay)
  if (made.length !== 1) throw new CheckFailure('one payment', String(made.length))
  await payment.expectEvents('payment_intent.succeeded', 'charge.succeeded')
  await payment.expectAccess(true)
}

function expectOneKey(calls: readonly RecordedCall[]): void {
  const keys = new Set(calls.map(({ idempotencyKey }) => idempotencyKey))
  if (keys.size === 1) return
  throw new CheckFailure('one idempotency key for all tries', String(keys.size))
}

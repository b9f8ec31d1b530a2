import { type Check, check } from '../src/catalogue/check.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { type CardRun, newPurchase, type Purchase, payWithCard } from './card-run.ts'

const SUCCESS = 'cards.succeeds'

/** Runs a scenario once with the card's number, as a browser would, and once with its `pm_card_…` alias. */
function cardCheck(
  id: string,
  requirement: string,
  title: string,
  card: { readonly number: string; readonly alias: string },
  run: (t: CheckContext, payment: CardRun) => Promise<void>,
  dependsOn?: readonly string[],
): Check {
  return check({
    id: `cards.${id}`,
    requirement,
    title,
    ...(dependsOn && { dependsOn }),
    hint: 'Grant access from the webhook alone, and only from the one that says that the payment succeeded.',
    run: async (t) => {
      for (const paymentMethod of [card.alias, card.number]) {
        await run(t, await payWithCard(t, paymentMethod))
      }
    },
  })
}

const VISA = { number: '4242424242424242', alias: 'pm_card_visa' }
const DECLINED = { number: '4000000000000002', alias: 'pm_card_visa_chargeDeclined' }
const INSUFFICIENT_FUNDS = {
  number: '4000000000009995',
  alias: 'pm_card_visa_chargeDeclinedInsufficientFunds',
}
const THREE_D_SECURE = {
  number: '4000002500003155',
  alias: 'pm_card_authenticationRequiredOnSetup',
}

/** Pays with a card that works, and waits until its webhooks have been delivered. */
async function paid(t: CheckContext, purchase?: Purchase): Promise<CardRun> {
  const payment = await payWithCard(t, VISA.alias, purchase)
  await payment.release()
  return payment
}

export const cards: readonly Check[] = [
  cardCheck(
    'succeeds',
    'CARD-01',
    '4242 4242 4242 4242: the payment succeeds, and its webhook grants access',
    VISA,
    async (_, payment) => {
      payment.expectAnswer(200, 'succeeded')
      await payment.expectEvents('payment_intent.succeeded', 'charge.succeeded')
      await payment.expectAccess(true)
    },
  ),
  cardCheck(
    'access-follows-webhook',
    'CARD-02',
    'Until the webhook has come there is no access, whatever Stripe answered to the payment',
    VISA,
    async (_, payment) => {
      await payment.expectAccess(false)
      await payment.release()
      await payment.expectAccess(true)
    },
    [SUCCESS],
  ),
  cardCheck(
    'declined',
    'CARD-03',
    '4000 0000 0000 0002: the decline reaches the buyer, and nothing is granted',
    DECLINED,
    async (_, payment) => {
      payment.expectDecline('card_declined', 'generic_decline')
      await payment.expectEvents('payment_intent.payment_failed', 'charge.failed')
      await payment.expectAccess(false)
    },
  ),
  cardCheck(
    'insufficient-funds',
    'CARD-04',
    '4000 0000 0000 9995: the decline for insufficient funds reaches the buyer, and nothing is granted',
    INSUFFICIENT_FUNDS,
    async (_, payment) => {
      payment.expectDecline('card_declined', 'insufficient_funds')
      await payment.expectEvents('payment_intent.payment_failed', 'charge.failed')
      await payment.expectAccess(false)
    },
  ),
  cardCheck(
    'three-d-secure-passed',
    'CARD-05',
    '4000 0025 0000 3155: access comes after the authentication, with its webhook',
    THREE_D_SECURE,
    async (t, payment) => {
      payment.expectAnswer(200, 'requires_action')
      await t.stripe().authenticate(payment.intentId, 'succeed')
      await payment.expectAccess(false)
      await payment.expectEvents(
        'payment_intent.requires_action',
        'payment_intent.succeeded',
      )
      await payment.expectAccess(true)
    },
  ),
  cardCheck(
    'three-d-secure-failed',
    'CARD-06',
    '4000 0025 0000 3155: a failed authentication grants nothing',
    THREE_D_SECURE,
    async (t, payment) => {
      await t.stripe().authenticate(payment.intentId, 'fail')
      await payment.expectEvents(
        'payment_intent.requires_action',
        'payment_intent.payment_failed',
      )
      await payment.expectAccess(false)
    },
  ),
  cardCheck(
    'three-d-secure-abandoned',
    'CARD-07',
    '4000 0025 0000 3155: an authentication that is never finished grants nothing',
    THREE_D_SECURE,
    async (_, payment) => {
      payment.expectAnswer(200, 'requires_action')
      await payment.expectEvents('payment_intent.requires_action')
      await payment.expectAccess(false)
    },
  ),
  check({
    id: 'cards.idempotency-key-sent',
    requirement: 'CARD-08',
    title: "A payment carries an idempotency key of the application's own choosing",
    dependsOn: [SUCCESS],
    hint: "The key that the stripe package makes up is new with every call of your code: it protects the SDK's own retries alone.",
    run: async (t) => {
      const [call] = await (await paid(t)).calls()
      if (
        call.idempotencyKey === null ||
        call.idempotencyKey.startsWith('stripe-node-retry-')
      ) {
        throw new CheckFailure(
          'a deliberate idempotency key',
          String(call.idempotencyKey),
        )
      }
    },
  }),
  check({
    id: 'cards.idempotency-key-reused',
    requirement: 'CARD-09',
    title: 'The same order paid again sends the same key, and charges once',
    dependsOn: [SUCCESS],
    hint: 'Derive the key from what is paid for, not from the time or from chance.',
    run: async (t) => {
      const first = await paid(t)
      const second = await payWithCard(t, VISA.alias, first.purchase)
      if (second.intentId !== first.intentId) {
        throw new CheckFailure('one payment intent for one order', 'two')
      }
      const keys = new Set(
        (await first.calls()).map(({ idempotencyKey }) => idempotencyKey),
      )
      if (keys.size !== 1) {
        throw new CheckFailure('the same idempotency key', 'another one')
      }
    },
  }),
  check({
    id: 'cards.idempotency-key-new-for-new-order',
    requirement: 'CARD-10',
    title: 'Another order of the same owner sends another key, and is charged',
    dependsOn: [SUCCESS],
    run: async (t) => {
      const first = await paid(t)
      const second = await payWithCard(
        t,
        VISA.alias,
        newPurchase(t, first.purchase.owner),
      )
      if (second.intentId === first.intentId) {
        throw new CheckFailure(
          'a payment intent of its own for each order',
          'the same one',
        )
      }
    },
  }),
  check({
    id: 'cards.owner-in-metadata',
    requirement: 'CARD-11',
    title: "A payment carries its owner's id in its metadata",
    dependsOn: [],
    hint: 'The webhook is about a payment, not about a session: without the owner on it, nobody knows whom to grant.',
    run: async (t) => {
      const payment = await payWithCard(t, VISA.alias)
      const { purchase } = payment
      const [call] = await payment.calls()
      const found = call.params.metadata?.user_id
      if (found !== purchase.owner) {
        throw new CheckFailure(`user_id ${purchase.owner} in the metadata`, String(found))
      }
    },
  }),
  check({
    id: 'cards.api-version-pinned',
    requirement: 'CARD-12',
    title: 'A payment names the API version that it was written for',
    dependsOn: [],
    run: async (t) => {
      const [call] = await (await payWithCard(t, VISA.alias)).calls()
      if (call.stripeVersion === null)
        throw new CheckFailure('a Stripe-Version header', 'none')
    },
  }),
  check({
    id: 'cards.no-secret-in-url',
    requirement: 'CARD-13',
    title: 'No secret is part of a URL',
    dependsOn: [],
    hint: 'URLs end up in logs of proxies and servers.',
    run: async (t) => {
      await payWithCard(t, VISA.alias)
      const secrets = [t.subject.stripeSecretKey, ...t.subject.webhookSecrets]
      for (const { method, path, search } of await t.stripe().calls()) {
        const url = decodeURIComponent(path + search)
        if (secrets.some((secret) => url.includes(secret))) {
          throw new CheckFailure('no secret in a URL', `one in that of ${method} ${path}`)
        }
      }
    },
  }),
  check({
    id: 'cards.parameters-accepted',
    requirement: 'CARD-14',
    title:
      "stripe-mock accepts the parameters of every call, by Stripe's own OpenAPI description",
    dependsOn: [],
    run: async (t) => {
      await payWithCard(t, VISA.alias)
      for (const call of await t.stripe().calls()) {
        if (!call.isRefusedByStripeMock) continue
        throw new CheckFailure(
          'parameters that stripe-mock accepts',
          `a ${call.status} for ${call.method} ${call.path}`,
        )
      }
    },
  }),
]

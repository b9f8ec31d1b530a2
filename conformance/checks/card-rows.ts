import { type Check, check } from '../src/catalogue/check.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { type CardRun, payWithCard } from './card-run.ts'
import { type CardOutcome, type CardRow, cardTable } from './card-table.ts'

/** How long after a payment or its refund the last of what follows has come, in seconds of Stripe's clock. */
const SEQUEL_S = 60

type Sequel = Extract<CardOutcome, { kind: 'has_a_sequel' }>
type Decline = Extract<CardOutcome, { kind: 'is_declined' }>

/** One check for each row of the table of cards. */
export const cardRows: readonly Check[] = cardTable.map((row) =>
  check({
    id: `cards.${row.id}`,
    requirement: row.requirement,
    title: `${row.number}: ${sentenceOf(row.outcome)}`,
    hint: 'Decide by the events alone: of all these cards, only the code of a decline may tell them apart.',
    run: (t) => run(t, row),
  }),
)

async function run(t: CheckContext, { alias, outcome }: CardRow): Promise<void> {
  const payment = await payWithCard(t, alias)
  switch (outcome.kind) {
    case 'succeeds':
      return expectPaid(payment)
    case 'has_a_sequel':
      await expectPaid(payment)
      return expectSequel(t, payment, outcome)
    case 'is_declined':
      return expectDeclined(payment, outcome)
    case 'authenticates':
      await expectAuthenticated(t, payment)
      return expectRefusedAuthentication(t, await payWithCard(t, alias))
    case 'is_declined_after_authentication':
      return expectDeclinedAfterAuthentication(t, payment)
  }
}

async function expectPaid(payment: CardRun): Promise<void> {
  payment.expectAnswer(200, 'succeeded')
  await payment.expectEvents('payment_intent.succeeded')
  await payment.expectAccess(true)
}

async function expectDeclined(
  payment: CardRun,
  { code, declineCode }: Decline,
): Promise<void> {
  payment.expectDecline(code, declineCode)
  await payment.expectAccess(false)
  await payment.expectEvents('payment_intent.payment_failed', 'charge.failed')
  await payment.expectAccess(false)
}

/** What an application makes of a dispute or a refund is its own affair; it has to take note of it once. */
async function expectSequel(
  t: CheckContext,
  payment: CardRun,
  { after, acts, passes }: Sequel,
): Promise<void> {
  const stripe = t.stripe()
  if (after === 'refund')
    await stripe.client.refunds.create({ payment_intent: payment.intentId })
  await stripe.advance(SEQUEL_S)
  await payment.release()
  // Time goes by for all payments at once: another check may have moved it before this one.
  const events = await payment.events()
  await payment.expectEffects(events, ...acts)
  for (const type of passes) {
    const delivery = events.find((candidate) => candidate.type === type)
    // Not the target's doing: the emulator did not make the event.
    if (delivery === undefined) throw new Error(`${type} was not sent`)
    const { attempts } = await t.subject.probe.effects(delivery.event)
    if (attempts.length > 0) {
      throw new CheckFailure(`no run of a handler for ${type}`, String(attempts.length))
    }
  }
}

async function expectAuthenticated(t: CheckContext, payment: CardRun): Promise<void> {
  payment.expectAnswer(200, 'requires_action')
  await payment.expectEvents('payment_intent.requires_action')
  // As it stays when the buyer abandons it here.
  await payment.expectAccess(false)
  await t.stripe().authenticate(payment.intentId, 'succeed')
  await payment.expectAccess(false)
  await payment.expectEvents('payment_intent.succeeded')
  await payment.expectAccess(true)
}

async function expectRefusedAuthentication(
  t: CheckContext,
  payment: CardRun,
): Promise<void> {
  await t.stripe().authenticate(payment.intentId, 'fail')
  await payment.expectEvents('payment_intent.payment_failed')
  await payment.expectAccess(false)
}

async function expectDeclinedAfterAuthentication(
  t: CheckContext,
  payment: CardRun,
): Promise<void> {
  payment.expectAnswer(200, 'requires_action')
  await t.stripe().authenticate(payment.intentId, 'succeed')
  await payment.expectEvents(
    'payment_intent.requires_action',
    'payment_intent.payment_failed',
    'charge.failed',
  )
  await payment.expectAccess(false)
}

function sentenceOf(outcome: CardOutcome): string {
  switch (outcome.kind) {
    case 'succeeds':
      return 'the payment succeeds, and its webhook grants access'
    case 'has_a_sequel': {
      const { acts, passes } = outcome
      return acts.length === 0
        ? `the payment succeeds, and ${passes.join(' and ')} is acknowledged later`
        : `the payment succeeds, and ${acts.join(' and ')} acts once later`
    }
    case 'is_declined':
      return 'the decline reaches the buyer with its code, and nothing is granted'
    case 'authenticates':
      return 'access comes after the authentication, with its webhook, and never without'
    case 'is_declined_after_authentication':
      return 'a decline after the authentication grants nothing'
  }
}

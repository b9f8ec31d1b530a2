import { edit, type Mutant } from './mutant.ts'

const APPLICATION = 'conformance/src/harness/application.ts'
const HANDLED = 'conformance/src/harness/handled-types.ts'

/** Has the application decide by the charge of a payment, and by no payment intent. */
const grantedByCharge = (condition: string) => [
  edit(
    APPLICATION,
    "!event.type.startsWith('payment_intent.')",
    '!/^(?:payment_intent\\.|charge\\.succeeded$)/.test(event.type)',
  ),
  edit(
    APPLICATION,
    "event.type === 'payment_intent.succeeded'",
    `(event.type === 'charge.succeeded' && ((charge) => ${condition})(event.data.object as any))`,
  ),
]

/** Defects that only other cards than the plainest ones show. */
export const cardMutants: readonly Mutant[] = [
  {
    id: 'only-visa-credit',
    defect: 'Access is granted for credit cards of Visa alone',
    base: 'express-5',
    apply: grantedByCharge(
      "charge.payment_method_details.card.brand === 'visa' && charge.payment_method_details.card.funding === 'credit'",
    ),
    kills: {
      'expected access, got none': [
        'cards.brands.visa-debit',
        'cards.brands.mastercard',
        'cards.brands.mastercard-debit',
        'cards.brands.mastercard-prepaid',
        'cards.brands.amex',
        'cards.brands.discover',
        'cards.brands.diners',
        'cards.brands.jcb',
        'cards.brands.unionpay',
        'cards.three-d-secure.not-supported',
      ],
    },
  },
  {
    id: 'every-check-demanded',
    defect:
      'Access is granted only where every check of the card passed and the risk is normal',
    base: 'express-5',
    apply: grantedByCharge(
      "charge.outcome.risk_level === 'normal' && Object.values(charge.payment_method_details.card.checks).every((check) => check === null || check === 'pass')",
    ),
    kills: {
      'expected access, got none': [
        'cards.radar.elevated-risk',
        'cards.radar.cvc-check-fails',
        'cards.radar.postal-code-check-fails',
        'cards.radar.cvc-check-fails-at-elevated-risk',
        'cards.radar.postal-code-check-fails-at-elevated-risk',
        'cards.radar.line1-check-fails',
        'cards.radar.address-checks-fail',
        'cards.radar.address-unchecked',
      ],
    },
  },
  {
    id: 'declines-flattened',
    defect: 'Every decline is told as a generic one',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'error: { code, declineCode, message }',
        "error: { code: 'card_declined', declineCode: 'generic_decline', message }",
      ),
    ],
    kills: {
      'expected 402 with the code': [
        'cards.insufficient-funds',
        'cards.declines.lost-card',
        'cards.declines.stolen-card',
        'cards.declines.expired-card',
        'cards.declines.incorrect-cvc',
        'cards.declines.processing-error',
        'cards.declines.velocity-limit',
      ],
    },
  },
  {
    id: 'decline-code-demanded',
    defect: 'A decline without a decline code is taken for a failure of Stripe',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'if (!(error instanceof Stripe.errors.StripeCardError)) throw error',
        'if (!(error instanceof Stripe.errors.StripeCardError) || !error.decline_code) throw error',
      ),
    ],
    kills: {
      'expected an answer to the payment as in protocol 1': [
        'cards.declines.expired-card',
        'cards.declines.incorrect-cvc',
        'cards.declines.processing-error',
      ],
    },
  },
  {
    id: 'network-code-demanded',
    defect: 'A failed charge is read as if a network had always been asked',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'const owner = metadata?.user_id',
        "if (event.type === 'charge.failed') (event.data.object as any).outcome.network_decline_code.trim()\n    const owner = metadata?.user_id",
      ),
    ],
    kills: {
      'expected a 2xx for charge.failed, got 500': [
        'cards.radar.blocked',
        'cards.radar.highest-risk',
      ],
    },
  },
  {
    id: 'disputes-forgotten',
    defect: 'Disputes have no handler',
    base: 'express-5',
    apply: [edit(HANDLED, "'charge.dispute.created',", '')],
    kills: {
      'expected exactly one effect of charge.dispute.created, got 0': [
        'cards.disputes.fraudulent',
        'cards.disputes.not-received',
        'cards.disputes.inquiry',
        'cards.disputes.several',
        'cards.disputes.compelling-evidence',
        'cards.disputes.compliance',
      ],
    },
  },
  {
    id: 'one-dispute-for-a-charge',
    defect: 'A second dispute of one charge is taken for the first',
    base: 'express-5',
    apply: [
      edit(
        'conformance/src/harness/harness.ts',
        '`${type} of ${object.id}`',
        '`${type} of ${(object as any).charge ?? object.id}`',
      ),
    ],
    kills: {
      'expected exactly one effect of charge.dispute.created, got 0': [
        'cards.disputes.several',
      ],
    },
  },
  {
    id: 'refund-results-forgotten',
    defect: 'A refund counts as done when it has been made',
    base: 'express-5',
    apply: [edit(HANDLED, "'refund.failed',\n  'refund.updated',", '')],
    kills: {
      'expected exactly one effect of refund.updated, got 0': ['cards.refunds.pending'],
      'expected exactly one effect of refund.failed, got 0': ['cards.refunds.failing'],
    },
  },
]

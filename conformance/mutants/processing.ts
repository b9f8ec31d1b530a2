import { cardsThatAsk, declinedCards, paidCards } from './check-groups.ts'
import { edit, type Mutant } from './mutant.ts'

const RECEIVE = 'packages/core/src/webhooks/receive.ts'
const REPLY = 'packages/core/src/webhooks/reply.ts'
const PROCESS = 'packages/core/src/processing/process-event.ts'
const DELIVERY = 'packages/core/src/webhooks/to-delivery.ts'
const DECLARED = 'packages/core/src/processing/declared-by.ts'
const HANDLERS = 'packages/core/src/billing/handler-table.ts'
const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const processingMutants: readonly Mutant[] = [
  {
    id: 'dispatch-by-group',
    defect: 'An event runs the first handler of its group, not that of its type',
    base: 'express-5',
    apply: [
      edit(
        HANDLERS,
        'return (type) => byType.get(type) ??',
        "return (type) => [...byType].find(([key]) => key.split('.')[0] === type.split('.')[0])?.[1] ??",
      ),
    ],
    kills: {
      'expected one run of the handler of invoice.payment_failed, got [invoice.created]':
        ['webhook.dispatch.by-type'],
      'expected 2 effects of invoice.paid, got 1': [
        'webhook.idempotency.different-events-one-object',
      ],
      'expected exactly one effect of payment_intent.succeeded, got 0': paidCards,
      'expected exactly one effect of payment_intent.payment_failed, got 0':
        declinedCards,
      'expected exactly one effect of payment_intent.requires_action, got 0':
        cardsThatAsk,
    },
  },
  {
    id: 'unknown-type-refused',
    defect: 'An event without a handler is answered with a 400',
    base: 'express-5',
    apply: [
      edit(
        PROCESS,
        "return recordIdle(delivery, 'ignored', settings)",
        "return Promise.resolve<Outcome>('event_invalid')",
      ),
    ],
    kills: {
      'expected a 2xx, got 400': ['webhook.dispatch.unknown-type'],
      'expected a 2xx for radar.early_fraud_warning.created, got 400': [
        'cards.disputes.early-fraud-warning',
      ],
      'expected a 2xx for charge.dispute.funds_withdrawn, got 400': [
        'cards.disputes.fraudulent',
        'cards.disputes.not-received',
        'cards.disputes.several',
        'cards.disputes.compelling-evidence',
        'cards.disputes.compliance',
      ],
      'expected a 2xx for refund.created, got 400': [
        'cards.refunds.pending',
        'cards.refunds.failing',
      ],
    },
  },
  {
    id: 'payload-trimmed',
    defect: 'Handlers get the event without its request',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/events/parse-event.ts',
        "{ kind: 'snapshot', received: value as unknown as StripeEvent }",
        "{ kind: 'snapshot', received: { ...value, request: null } as unknown as StripeEvent }",
      ),
    ],
    kills: { 'expected the event that was sent': ['webhook.dispatch.payload'] },
  },
  {
    id: 'account-forgotten',
    defect: 'Handlers are not told the connected account',
    base: 'express-5',
    apply: [edit(DECLARED, "account === '' ? undefined : account", 'undefined')],
    kills: {
      'expected the account acct_1Conformance, got null': [
        'webhook.dispatch.connect-account',
      ],
    },
  },
  {
    id: 'nothing-deduplicated',
    defect: 'Neither events nor effects are remembered',
    base: 'express-5',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'processed' || row.state === 'skipped')\n      return { status: 'processed' }",
        '',
      ),
      edit(STATE, 'if (this.effects.has(id) || effects.has(id)) return false', ''),
    ],
    kills: {
      'expected exactly one effect of invoice.paid, got 2': [
        'webhook.idempotency.duplicate-once',
        'webhook.idempotency.concurrent-once',
      ],
    },
  },
  {
    id: 'effects-not-remembered',
    defect: 'Only events are remembered, not what they did',
    base: 'express-5',
    apply: [edit(STATE, 'if (this.effects.has(id) || effects.has(id)) return false', '')],
    kills: {
      'expected exactly one effect of invoice.paid, got 2': [
        'webhook.idempotency.second-event-id',
      ],
    },
  },
  {
    id: 'object-deduplicated',
    defect: 'An event is told by the object that it is about',
    base: 'express-5',
    apply: [
      edit(
        DELIVERY,
        'eventId: id }',
        'eventId: (received as unknown as { data?: { object: { id: string } } }).data?.object.id ?? id }',
      ),
    ],
    kills: {
      'expected 2 effects of invoice.paid, got 1': [
        'webhook.idempotency.different-events-one-object',
      ],
      'expected canceled without access after [': [
        'webhook.dispatch.permutations-of-three',
        'webhook.dispatch.permutations-of-four',
      ],
      'expected past_due without access after [': [
        'webhook.dispatch.permutations-of-updates',
      ],
      'expected exactly one effect of payment_intent.succeeded, got 0': paidCards,
      'expected exactly one effect of payment_intent.payment_failed, got 0':
        declinedCards,
      'expected exactly one effect of payment_intent.requires_action, got 0':
        cardsThatAsk,
    },
  },
  {
    id: 'in-flight-acknowledged',
    defect: 'A duplicate of an event that is still at work is answered with a 200',
    base: 'express-5',
    apply: [edit(REPLY, "refused(409, 'in_flight')", "accepted('in_flight')")],
    kills: {
      'expected the effect to be there when a 2xx comes': [
        'webhook.idempotency.concurrent-once',
      ],
    },
  },
  {
    id: 'acknowledged-before-work',
    defect: 'The answer does not wait for the handler',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'return processEvent(parsed.received, delivery, settings)',
        "void processEvent(parsed.received, delivery, settings)\n    return 'processed'",
      ),
    ],
    kills: {
      'expected a 5xx, got 200': [
        'webhook.http.status-classes',
        'webhook.idempotency.retry-after-failure',
      ],
      'expected the effect to be there when a 2xx comes': [
        'webhook.idempotency.concurrent-once',
        'webhook.idempotency.acknowledges-after-commit',
      ],
      'expected exactly one effect after the crash, got 0': [
        'webhook.idempotency.crash-then-redeliver',
      ],
    },
  },
  {
    id: 'failure-marked-as-handled',
    defect: 'An event whose handler failed counts as handled',
    base: 'express-5',
    apply: [
      edit(INBOX, 'state.setState(row, end.state)', "state.setState(row, 'processed')"),
    ],
    kills: {
      'expected exactly one effect of invoice.paid, got 0': [
        'webhook.idempotency.retry-after-failure',
      ],
    },
  },
]

import { type Check, check } from '../src/catalogue/check.ts'
import { leaveBeforeAnswer } from '../src/probe/leave-before-answer.ts'
import { nowInSeconds } from '../src/signer/sign.ts'
import { payWithCard } from './card-run.ts'
import { begun, deliverInTheEnd } from './redeliver.ts'

const DUPLICATE = 'webhook.idempotency.duplicate-once'
const PAID = 'cards.succeeds'
/** The events of a payment that targets have handlers for. */
const HANDLED = ['payment_intent.created', 'payment_intent.succeeded', 'charge.succeeded']

/** What may befall a webhook on its way. */
export const dispatchOfDeliveries: readonly Check[] = [
  check({
    id: 'webhook.dispatch.reversed-order',
    requirement: 'WH-ORDER-01',
    title:
      'Events that come in the reverse of their order each act once, and leave the same behind',
    dependsOn: [DUPLICATE, PAID],
    hint: 'Let no event take back what a later one has settled: `payment_intent.created` may come last.',
    run: async (t) => {
      const payment = await payWithCard(t, 'pm_card_visa')
      const events = await payment.events()
      await payment.deliver(events.toReversed())
      await payment.expectEffects(events, ...HANDLED)
      await payment.expectAccess(true)
      // And now in their order: all of them for the second time.
      await payment.expectEvents(...HANDLED)
      await payment.expectAccess(true)
    },
  }),
]

export const idempotencyOfDeliveries: readonly Check[] = [
  check({
    id: 'webhook.idempotency.retry-after-lost-answer',
    requirement: 'WH-IDEM-07',
    title:
      'An event whose sender was gone before the answer comes again with a new signature, and acts once',
    dependsOn: [DUPLICATE],
    hint: 'Tell an event by its id: a retry has a time and a signature of its own. Nothing may wait for the end of an answer that nobody reads.',
    run: async (t) => {
      const event = t.event({ instruction: 'sleep:30' })
      const now = nowInSeconds()
      const first = t.webhook(event, { timestamp: now - 120 })
      await leaveBeforeAnswer(t.subject.probe.url, first, () => begun(t, event))
      await deliverInTheEnd(t, event, { timestamp: now })
      await t.expectAccepted(t.webhook(event, { timestamp: now }))
    },
  }),
  check({
    id: 'webhook.idempotency.second-event-id-at-once',
    requirement: 'WH-IDEM-05',
    title:
      'One change that Stripe reports under two event ids at the same time acts once',
    dependsOn: [DUPLICATE, 'webhook.idempotency.second-event-id'],
    hint: 'Look for the business key in the transaction that records it, not before.',
    run: async (t) => {
      const first = t.event({ instruction: 'sleep:50' })
      const { objectId, key, instruction } = first
      const second = t.event({ objectId, key, instruction })
      await Promise.all([first, second].map((event) => deliverInTheEnd(t, event)))
      await t.expectEffects(first, 1)
    },
  }),
]

import { edit, type Mutant } from './mutant.ts'

const HARNESS = 'conformance/src/harness/harness.ts'
const STORE = 'packages/core/src/store/memory/memory-state.ts'

/** Defects that only deliveries show which come otherwise than they mostly do. */
export const deliveryMutants: readonly Mutant[] = [
  {
    id: 'last-event-decides',
    defect: 'Access follows the event that came last',
    base: 'express-5',
    apply: [
      edit(
        'conformance/src/harness/application.ts',
        ' || this.accessOf(owner).access',
        '',
      ),
    ],
    kills: { 'expected access, got none': ['webhook.dispatch.reversed-order'] },
  },
  {
    id: 'late-delivery-is-another',
    defect:
      'A delivery that took long counts as another event, and effects are forgotten',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/webhooks/receive.ts',
        'const key = toEventKey(parsed.received)',
        "const told = toEventKey(parsed.received)\n    const isLate = now / 1000 - Number(/t=(\\d+)/.exec(header ?? '')?.[1]) > 60\n    const key = isLate ? { ...told, eventId: `${told.eventId} late` } : told",
      ),
      edit(STORE, 'if (this.effects.has(id) || effects.has(id)) return false', ''),
    ],
    kills: {
      'expected exactly one effect of invoice.paid, got 2': [
        'webhook.idempotency.retry-after-lost-answer',
        'webhook.idempotency.second-event-id',
      ],
    },
  },
  {
    id: 'effect-looked-up-too-early',
    defect: 'Whether an effect is there is asked before the transaction that records it',
    base: 'express-5',
    apply: [
      edit(
        HARNESS,
        'await obey(object.metadata?.conformance',
        'const isKnown = (await effects.of(key)).some((effect) => effect.type === type)\n    await obey(object.metadata?.conformance',
      ),
      edit(
        HARNESS,
        'await effects.commit(',
        'if (isKnown) return\n    await effects.commit(',
      ),
      edit(
        'conformance/src/harness/effect-log.ts',
        'if (!context.effect(businessKey)) return',
        '',
      ),
    ],
    kills: {
      'expected exactly one effect of invoice.paid, got 2': [
        'webhook.idempotency.second-event-id-at-once',
      ],
    },
  },
]

import { edit, type Mutant } from './mutant.ts'

const ROW = 'packages/core/src/mirror/mirror-row.ts'

const KEEP = 'const links = keepNewest([...known.links, { ...link, seen: now }])'
const ARRIVED = 'const links = [{ ...link, seen: now }]'

const LATE = 'webhook.dispatch.late-event-never-regresses'
const THREE = 'webhook.dispatch.permutations-of-three'
const FOUR = 'webhook.dispatch.permutations-of-four'
const UPDATES = 'webhook.dispatch.permutations-of-updates'
const DISTURBED = 'webhook.dispatch.disturbed-order'

/** Defects in what is made of the order of events. */
export const orderMutants: readonly Mutant[] = [
  {
    id: 'order-of-arrival',
    defect: 'A subscription is what the event says that came last',
    base: 'express-5',
    apply: [edit(ROW, KEEP, ARRIVED)],
    kills: {
      'expected active with access after [active, incomplete], got incomplete': [LATE],
      'expected canceled without access after [': [THREE, FOUR],
      'expected past_due without access after [': [UPDATES],
    },
  },
  {
    id: 'order-of-seconds-alone',
    defect: 'Of events with the same `created` the one that came last decides',
    base: 'express-5',
    apply: [
      edit(
        ROW,
        KEEP,
        `if (known.links.some(({ at }) => at > link.at)) return undefined\n  ${ARRIVED}`,
      ),
    ],
    kills: {
      'expected canceled without access after [': [THREE, FOUR],
      'expected past_due without access after [': [UPDATES],
    },
  },
  {
    id: 'first-of-second-decides',
    defect: 'Of events with the same `created` the one that came first decides',
    base: 'express-5',
    apply: [
      edit(
        ROW,
        KEEP,
        `if (known.links.some(({ at }) => at >= link.at)) return undefined\n  ${ARRIVED}`,
      ),
    ],
    kills: {
      'expected canceled without access after [': [THREE, FOUR],
      'expected past_due without access after [': [UPDATES],
    },
  },
  {
    id: 'chain-dropped',
    defect: 'What an event has replaced is not looked at',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/mirror/event-link.ts',
        'const previous = fieldsOf(event.data.previous_attributes)',
        'const previous = undefined',
      ),
    ],
    kills: { 'expected past_due without access after [': [UPDATES] },
  },
  {
    id: 'end-not-told',
    defect: 'That a subscription was deleted does not reach what is known of it',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/mirror/mirror-kind.ts',
        "eventType.startsWith('customer.subscription.')",
        '/^customer\\.subscription\\.(created|updated)$/.test(eventType)',
      ),
    ],
    kills: { 'expected canceled without access after [': [LATE, THREE, FOUR, DISTURBED] },
  },
]

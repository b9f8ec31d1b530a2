import { matchesGlob } from '../events/matches-glob.ts'
import { Random } from '../state/ids.ts'
import { type FaultRule, FaultRules } from './fault-rules.ts'

/** What can happen to a webhook on its way. */
export const DELIVERY_FAULTS = [
  /** It comes again after it has been answered. */
  'duplicate',
  /** Its copies come at the same moment. */
  'concurrent',
  /** The next event overtakes it. */
  'reorder',
  /** It comes later. */
  'delay',
  /** It waits until it is released. */
  'hold',
  /** It never comes, as if it were lost. */
  'drop',
  /** Stripe makes two events, with ids of their own, of one change. */
  'twin',
] as const

export type DeliveryFaultKind = (typeof DELIVERY_FAULTS)[number]

export interface DeliveryFault {
  readonly kind: DeliveryFaultKind
  /** How often it is sent to each endpoint. */
  readonly copies: number
  /** In milliseconds of the emulator's clock. For `reorder`: how long it waits for another event at most. */
  readonly delayMs: number
}

export interface DeliveryFaultRule extends FaultRule<DeliveryFaultKind>, DeliveryFault {
  /** With `*` for anything: `payment_intent.*`. */
  readonly type: string
  /** The id of what the event is about, or of what that belongs to. */
  readonly object: string | undefined
}

/** By chance nothing is lost for good, and nothing waits for somebody. */
const BY_CHANCE = ['duplicate', 'concurrent', 'reorder', 'delay', 'twin'] as const
const LONGEST_DELAY_MS = 5_000

/** The faults of deliveries that were asked for, and those of chance. */
export class DeliveryFaults {
  readonly rules: FaultRules<DeliveryFaultRule>

  constructor(random: Random = new Random()) {
    this.rules = new FaultRules(random)
  }

  /**
   * What happens to an event, on its way to every endpoint that wants it.
   *
   * @param about The ids of its object, and of what that belongs to.
   */
  take(type: string, about: readonly string[]): DeliveryFault | undefined {
    const rule = this.rules.take(
      (one) =>
        matchesGlob(type, one.type) &&
        (one.object === undefined || about.includes(one.object)),
    )
    if (rule !== undefined) return rule
    const kind = this.rules.byChance(BY_CHANCE)
    if (kind === undefined) return undefined
    const copies = kind === 'duplicate' || kind === 'concurrent' ? 2 : 1
    return { kind, copies, delayMs: 1 + this.rules.below(LONGEST_DELAY_MS) }
  }
}

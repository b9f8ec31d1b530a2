import type { Chooser } from '../fuzz/chooser.ts'

export type Fields = Readonly<Record<string, unknown>>

/** An object as Stripe has it now. Each change gives its metadata another revision. */
export interface ModelObject extends Fields {
  readonly id: string
  readonly object: MirroredKind
}

export type MirroredKind = 'customer' | 'subscription' | 'invoice'

/** What becomes of an object. */
export interface Change {
  readonly fields: Fields
  /** What is told, without the name of the object: `updated`, with what was before, and others. */
  readonly tells: readonly [string, ...string[]]
  /** Stripe has it no longer. */
  readonly isDeleted?: true
}

/** Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const TRANSITIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  incomplete: ['active', 'active', 'incomplete_expired', 'canceled'],
  trialing: ['active', 'past_due', 'paused', 'canceled'],
  active: ['past_due', 'past_due', 'paused', 'canceled'],
  past_due: ['active', 'active', 'unpaid', 'canceled'],
  unpaid: ['active', 'canceled'],
  paused: ['active', 'canceled'],
}

const FIRST_STATUSES = ['incomplete', 'trialing', 'active'] as const

/** The fields of a new object. */
export function firstFields(kind: MirroredKind, chooser: Chooser): Fields {
  switch (kind) {
    case 'customer':
      return { email: '0@example.com' }
    case 'subscription': {
      const status = chooser.of(FIRST_STATUSES)
      return { customer: 'cus_1', status, cancel_at_period_end: false }
    }
    case 'invoice':
      return { customer: 'cus_1', status: 'draft', attempt_count: 0, amount_paid: 0 }
  }
}

/** Something that Stripe allows to happen to the object, or `undefined` at its end. */
export function nextChange(object: ModelObject, chooser: Chooser): Change | undefined {
  if (object.deleted === true) return undefined
  switch (object.object) {
    case 'customer':
      return nextOfCustomer(chooser)
    case 'subscription':
      return nextOfSubscription(object, chooser)
    case 'invoice':
      return nextOfInvoice(object, chooser)
  }
}

function nextOfCustomer(chooser: Chooser): Change {
  if (chooser.oneIn(5)) return { fields: {}, tells: ['deleted'], isDeleted: true }
  return { fields: { email: `${chooser.below(9)}@example.com` }, tells: ['updated'] }
}

function nextOfSubscription(object: ModelObject, chooser: Chooser): Change | undefined {
  const next = TRANSITIONS[object.status as string]
  if (next === undefined) return undefined
  if (chooser.oneIn(3)) {
    const fields = { cancel_at_period_end: object.cancel_at_period_end !== true }
    return { fields, tells: ['updated'] }
  }
  const status = chooser.of(next)
  const fields = { status }
  if (status === 'canceled') return { fields, tells: ['deleted'] }
  return { fields, tells: status === 'paused' ? ['updated', 'paused'] : ['updated'] }
}

function nextOfInvoice(object: ModelObject, chooser: Chooser): Change | undefined {
  if (object.status === 'draft') {
    if (chooser.oneIn(4)) return { fields: {}, tells: ['deleted'], isDeleted: true }
    return { fields: { status: 'open' }, tells: ['updated', 'finalized'] }
  }
  if (object.status !== 'open') return undefined
  if (chooser.oneIn(3)) {
    const fields = { attempt_count: (object.attempt_count as number) + 1 }
    return { fields, tells: ['updated', 'payment_failed'] }
  }
  if (chooser.oneIn(5)) {
    return { fields: { status: 'void' }, tells: ['updated', 'voided'] }
  }
  const fields = { status: 'paid', amount_paid: 1_000 }
  return { fields, tells: ['updated', 'paid', 'payment_succeeded'] }
}

export function revisionOf({ metadata }: ModelObject): string {
  return (metadata as { revision: string }).revision
}

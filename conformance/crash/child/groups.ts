/**
 * What the application does with each type.
 *
 * - `ledger` writes one row for each event, and relies on each event acting once.
 * - `grants` writes one row and one message for each business key.
 * - `notices` declares an effect with a message.
 */
export const GROUPS = {
  ledger: [
    'charge.failed',
    'customer.subscription.created',
    'customer.subscription.deleted',
    'customer.subscription.updated',
    'customer.updated',
    'invoice.paid',
    'payment_intent.succeeded',
  ],
  grants: [
    'charge.succeeded',
    'customer.created',
    'customer.subscription.updated',
    'invoice.paid',
    'invoice.payment_failed',
  ],
  notices: [
    'charge.succeeded',
    'customer.created',
    'invoice.created',
    'invoice.payment_failed',
    'payment_intent.created',
  ],
} as const

export type GroupName = keyof typeof GROUPS

export function groupsOf(type: string): readonly GroupName[] {
  return (Object.keys(GROUPS) as GroupName[]).filter((name) =>
    (GROUPS[name] as readonly string[]).includes(type),
  )
}

/** Whether an event of the type changes the mirror. */
export function isMirrored(type: string): boolean {
  return (
    /^customer\.(created|updated|deleted)$/.test(type) ||
    type.startsWith('customer.subscription.') ||
    (type.startsWith('invoice.') && type !== 'invoice.upcoming')
  )
}

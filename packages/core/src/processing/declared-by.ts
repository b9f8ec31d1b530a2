import type { Payload, RegisteredHandler } from '../billing/settings.ts'
import { BillingError } from '../errors/billing-error.ts'
import type { EventOrigin } from '../events/handlers.ts'
import type { Delivery } from '../store/delivery.ts'
import type { DeclaredEffect } from '../store/outbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { checkMessage } from './check-message.ts'

/**
 * What handlers declare together, or `undefined` when one of them has something to run.
 *
 * @throws What a handler throws; BillingError `effect_key_invalid` or
 *   `outbox_message_invalid` for what it declares.
 */
export function declaredBy<Tx extends TransactionKind>(
  handlers: readonly RegisteredHandler<Tx>[],
  payload: Payload,
  origin: EventOrigin,
): readonly DeclaredEffect[] | undefined {
  const declared: DeclaredEffect[] = []
  for (const handler of handlers) {
    if (!('declare' in handler)) return undefined
    const effects = handler.declare(payload, origin) ?? []
    for (const effect of Array.isArray(effects) ? effects : [effects]) {
      check(effect, handler.name)
      declared.push(effect)
    }
  }
  return declared
}

export function originOf(
  { account, livemode }: Delivery['key'],
  endpoint: string | undefined,
): EventOrigin {
  return { account: account === '' ? undefined : account, endpoint, livemode }
}

function check({ effect, send = [] }: DeclaredEffect, name: string): void {
  if (typeof effect !== 'string' || effect === '') {
    throw new BillingError(
      'effect_key_invalid',
      `A handler of "${name}" declared an effect without a key. Name what happens and to what: { effect: \`invoice \${invoice.id}: access granted\` }.`,
    )
  }
  send.forEach(checkMessage)
}

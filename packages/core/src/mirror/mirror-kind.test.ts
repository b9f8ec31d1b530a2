import { expect, it } from 'vitest'
import { mirrorKindOf } from './mirror-kind.ts'

it.each([
  ['customer.created', 'customer'],
  ['customer.updated', 'customer'],
  ['customer.deleted', 'customer'],
  ['customer.subscription.created', 'subscription'],
  ['customer.subscription.trial_will_end', 'subscription'],
  ['customer.subscription.pending_update_expired', 'subscription'],
  ['invoice.paid', 'invoice'],
  ['invoice.will_be_due', 'invoice'],
  // These are about something else: a source, a discount, an item, a payment.
  ['customer.source.updated', undefined],
  ['customer.discount.created', undefined],
  ['invoiceitem.created', undefined],
  ['invoice_payment.paid', undefined],
  // There is no invoice yet.
  ['invoice.upcoming', undefined],
  ['checkout.session.completed', undefined],
])('%s is about a %s', (type, kind) => {
  expect(mirrorKindOf(type)).toBe(kind)
})

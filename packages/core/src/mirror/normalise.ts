import { type Fields, fieldsOf, idOf, metadataOf, textOf, wholeOf } from './fields.ts'
import type {
  MirroredCustomer,
  MirroredInvoice,
  MirroredObject,
  MirrorKind,
} from './mirrored.ts'
import { toSubscription } from './to-subscription.ts'

/**
 * Reads an object of Stripe's, of any API version, with its references expanded or not.
 * A stub (`deleted: true`) is a deleted object. `undefined` when it is no such object.
 */
export function normalise(kind: MirrorKind, object: unknown): MirroredObject | undefined {
  const fields = fieldsOf(object)
  const id = textOf(fields?.id)
  if (fields === undefined || !id || fields.object !== kind) return undefined
  if (fields.deleted === true) return deletedObject(kind, id)
  switch (kind) {
    case 'customer':
      return toCustomer(id, fields)
    case 'subscription': {
      const status = textOf(fields.status)
      return status === null ? undefined : toSubscription(id, status, fields)
    }
    case 'invoice':
      return toInvoice(id, fields)
  }
}

/** What is kept of an object that Stripe no longer has, however that was learnt. */
export function deletedObject(kind: MirrorKind, id: string): MirroredObject {
  switch (kind) {
    case 'customer':
      return { ...toCustomer(id, {}), deleted: true }
    case 'subscription':
      return toSubscription(id, 'canceled', {})
    case 'invoice':
      return toInvoice(id, { status: 'deleted' })
  }
}

function toCustomer(id: string, fields: Fields): MirroredCustomer {
  const settings = fieldsOf(fields.invoice_settings)
  return {
    kind: 'customer',
    id,
    deleted: false,
    email: textOf(fields.email),
    name: textOf(fields.name),
    defaultPaymentMethod: idOf(settings?.default_payment_method),
    metadata: metadataOf(fields.metadata),
    created: wholeOf(fields.created),
  }
}

function toInvoice(id: string, fields: Fields): MirroredInvoice {
  const details = fieldsOf(fieldsOf(fields.parent)?.subscription_details)
  return {
    kind: 'invoice',
    id,
    customer: idOf(fields.customer),
    // Before basil it was a field of its own.
    subscription: idOf(details?.subscription) ?? idOf(fields.subscription),
    status: textOf(fields.status),
    attemptCount: wholeOf(fields.attempt_count) ?? 0,
    nextPaymentAttempt: wholeOf(fields.next_payment_attempt),
    amountDue: wholeOf(fields.amount_due),
    amountPaid: wholeOf(fields.amount_paid),
    amountRemaining: wholeOf(fields.amount_remaining),
    currency: textOf(fields.currency),
    billingReason: textOf(fields.billing_reason),
    collectionMethod: textOf(fields.collection_method),
    autoAdvance: typeof fields.auto_advance === 'boolean' ? fields.auto_advance : null,
    hostedInvoiceUrl: textOf(fields.hosted_invoice_url),
    metadata: metadataOf(fields.metadata),
    created: wholeOf(fields.created),
  }
}

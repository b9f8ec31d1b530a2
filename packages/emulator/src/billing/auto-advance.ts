import { invalidRequest } from '../api/stripe-error.ts'
import type { Context } from '../state/context.ts'
import { collectAutomatically, resumeCollection } from './collect.ts'
import type { Invoice } from './invoice-object.ts'
import { planFinalization, stopAdvancing } from './invoices.ts'

/** Lets an invoice advance by itself, or stops that. @returns what shows of it */
export function setAutoAdvance(
  context: Context,
  invoice: Invoice,
  advances: boolean | undefined,
): Partial<Invoice> {
  const isDraft = invoice.status === 'draft'
  if (advances === undefined || advances === invoice.auto_advance) return {}
  if (!isDraft && invoice.status !== 'open') {
    throw invalidRequest(
      `An invoice with the status ${invoice.status} does not advance any more.`,
      { code: 'invoice_not_editable', param: 'auto_advance' },
    )
  }
  const fields = { auto_advance: advances }
  if (!advances) {
    stopAdvancing(context.account, invoice)
    return { ...fields, automatically_finalizes_at: null, next_payment_attempt: null }
  }
  const isCharged = invoice.collection_method === 'charge_automatically'
  if (!isDraft) {
    const next = isCharged ? resumeCollection(context, invoice) : null
    return { ...fields, next_payment_attempt: next }
  }
  const at = context.timeline.now() + 3_600
  planFinalization(context, invoice, at, collectAutomatically)
  return {
    ...fields,
    automatically_finalizes_at: at,
    next_payment_attempt: isCharged ? at : null,
  }
}

import type { StripeObject } from './history.ts'
import type { Fields } from './raw-state.ts'

/** What shows whether a row of the mirror and an object of Stripe's are the same state: made from either of the two. */
export function summaryOfObject(object: StripeObject): string {
  const all = object as unknown as Fields
  const metadata = sorted(all.metadata)
  switch (object.object) {
    case 'customer': {
      const settings = all.invoice_settings as Fields | undefined
      const method = settings?.default_payment_method
      return text([all.email, all.name, method, metadata])
    }
    case 'subscription': {
      const items = (all.items as { readonly data: readonly Fields[] }).data.map(
        (item) => [
          item.id,
          (item.price as Fields).id,
          item.quantity,
          item.current_period_end,
        ],
      )
      return text([
        all.status,
        items,
        all.cancel_at_period_end,
        all.canceled_at,
        all.ended_at,
        all.trial_end,
        all.latest_invoice,
        all.default_payment_method,
        metadata,
      ])
    }
    default:
      return text([
        all.status,
        all.attempt_count,
        all.next_payment_attempt,
        all.amount_due,
        all.amount_paid,
        all.amount_remaining,
        metadata,
      ])
  }
}

export function summaryOfRow(row: Fields): string {
  const metadata = sorted(row.metadata)
  switch (row.kind) {
    case 'customer':
      return text([row.email, row.name, row.defaultPaymentMethod, metadata])
    case 'subscription': {
      const items = (row.items as readonly Fields[]).map((item) => [
        item.id,
        item.price,
        item.quantity,
        item.currentPeriodEnd,
      ])
      return text([
        row.status,
        items,
        row.cancelAtPeriodEnd,
        row.canceledAt,
        row.endedAt,
        row.trialEnd,
        row.latestInvoice,
        row.defaultPaymentMethod,
        metadata,
      ])
    }
    default:
      return text([
        row.status,
        row.attemptCount,
        row.nextPaymentAttempt,
        row.amountDue,
        row.amountPaid,
        row.amountRemaining,
        metadata,
      ])
  }
}

function sorted(metadata: unknown): unknown {
  return Object.entries((metadata ?? {}) as Fields).sort()
}

function text(fields: readonly unknown[]): string {
  return JSON.stringify(fields.map((field) => field ?? null))
}

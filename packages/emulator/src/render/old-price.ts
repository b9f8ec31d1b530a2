import type { Price } from '../catalogue/catalogue-objects.ts'
import { planOf } from '../catalogue/plan.ts'
import type { Account } from '../state/account.ts'
import { at, type Fields, fieldsOf, withMissing } from './fields.ts'

/** Metered billing still had two kinds. */
export function oldPrice(price: Fields): Fields {
  const recurring = fieldsOf(price.recurring)
  if (recurring === undefined) return price
  return { ...price, recurring: withMissing(recurring, { aggregate_usage: null }) }
}

export function oldPlan(plan: Fields): Fields {
  return withMissing(plan, { aggregate_usage: null })
}

/** What invoices held whole, where they now have `pricing.price_details`. */
export function priceAndPlanOf(
  pricing: unknown,
  account: Account,
): { readonly price: Fields | null; readonly plan: Fields | null } {
  const id = at(pricing, 'price_details', 'price')
  // It may have been expanded.
  const price =
    typeof id === 'string' ? account.prices.find(id) : (id as Price | undefined)
  if (!price) return { price: null, plan: null }
  const plan = planOf(price)
  return { price: oldPrice({ ...price }), plan: plan && oldPlan(plan) }
}

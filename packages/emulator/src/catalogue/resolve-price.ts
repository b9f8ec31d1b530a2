import { invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { Price } from './catalogue-objects.ts'

/**
 * The price that a parameter names, to sell something for.
 *
 * @throws StripeError 400: there is none, or it or its product has been archived
 */
export function resolvePrice(account: Account, id: string, param: string): Price {
  const price = account.prices.get(id, param, 400)
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      { param },
    )
  }
  if (account.products.find(price.product)?.active === false) {
    throw invalidRequest(
      `Price \`${id}\` is not available to be purchased because its product is not active.`,
      { param },
    )
  }
  return price
}

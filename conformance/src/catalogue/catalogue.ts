import { cardRows } from '../../checks/card-rows.ts'
import { cards } from '../../checks/cards.ts'
import { dispatchOfDeliveries, idempotencyOfDeliveries } from '../../checks/deliveries.ts'
import { disclosure } from '../../checks/disclosure.ts'
import { dispatch } from '../../checks/dispatch.ts'
import { disturbedOrder } from '../../checks/disturbed-order.ts'
import { hostile } from '../../checks/hostile.ts'
import { http } from '../../checks/http.ts'
import { idempotency } from '../../checks/idempotency.ts'
import { order } from '../../checks/order.ts'
import { parser } from '../../checks/parser.ts'
import { paymentFaults } from '../../checks/payment-faults.ts'
import { restarts } from '../../checks/restarts.ts'
import { signatureAccepts } from '../../checks/signature-accepts.ts'
import { signatureRejects } from '../../checks/signature-rejects.ts'
import type { Check } from './check.ts'

/** Every check, in the order of the report. */
export const catalogue: readonly Check[] = [
  ...signatureAccepts,
  ...signatureRejects,
  ...parser,
  ...disclosure,
  ...http,
  ...hostile,
  ...dispatch,
  ...dispatchOfDeliveries,
  ...order,
  ...disturbedOrder,
  ...idempotency,
  ...idempotencyOfDeliveries,
  ...restarts,
  ...cards,
  ...cardRows,
  ...paymentFaults,
]

/** The group of a check, by its id: `signature`, `http`, `dispatch`, `idempotency` or `cards`. */
export function groupOf(id: string): string {
  const [first = '', second = ''] = id.split('.')
  return first === 'webhook' ? second : first
}

import { chargeRoutes } from '../resources/charges.ts'
import { customerRoutes } from '../resources/customers.ts'
import { eventRoutes } from '../resources/events.ts'
import { paymentIntentRoutes } from '../resources/payment-intents.ts'
import { paymentMethodRoutes } from '../resources/payment-methods.ts'
import { webhookEndpointRoutes } from '../resources/webhook-endpoints.ts'
import type { Route } from './route.ts'

/** Every operation that the emulator answers from its own state. All others pass through to stripe-mock. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...paymentIntentRoutes,
  ...chargeRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
]

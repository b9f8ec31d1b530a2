import { invoiceItemRoutes } from '../billing/invoice-item-routes.ts'
import { invoicePaymentRoutes } from '../billing/invoice-payment-routes.ts'
import { invoiceRoutes } from '../billing/invoice-routes.ts'
import { subscriptionItemRoutes } from '../billing/subscription-item-routes.ts'
import { subscriptionRoutes } from '../billing/subscriptions.ts'
import { testClockRoutes } from '../billing/test-clock-routes.ts'
import { priceRoutes } from '../catalogue/prices.ts'
import { productRoutes } from '../catalogue/products.ts'
import { checkoutSessionRoutes } from '../checkout/checkout-sessions.ts'
import { customerRoutes } from '../customers/customers.ts'
import { eventRoutes } from '../events/events.ts'
import { balanceTransactionRoutes } from '../payments/balance-transactions.ts'
import { chargeRoutes } from '../payments/charges.ts'
import { disputeRoutes } from '../payments/disputes.ts'
import { earlyFraudWarningRoutes } from '../payments/early-fraud-warning.ts'
import { paymentIntentRoutes } from '../payments/payment-intents.ts'
import { paymentMethodRoutes } from '../payments/payment-method-routes.ts'
import { refundRoutes } from '../payments/refunds.ts'
import { setupAttemptRoutes } from '../payments/setup-attempts.ts'
import { setupIntentRoutes } from '../payments/setup-intents.ts'
import { searchRoutes } from '../search/search.ts'
import { webhookEndpointRoutes } from '../webhooks/webhook-endpoints.ts'
import type { Route } from './route.ts'

/** Every operation that the emulator answers from its own state. All others pass through to stripe-mock. */
export const routes: readonly Route[] = [
  ...productRoutes,
  ...priceRoutes,
  ...customerRoutes,
  ...searchRoutes,
  ...paymentMethodRoutes,
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...setupAttemptRoutes,
  ...checkoutSessionRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...balanceTransactionRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...testClockRoutes,
]

import { billingScenarios } from './billing-scenarios.ts'
import { paymentScenarios } from './payment-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { subscriptionScenarios } from './subscription-scenarios.ts'

/** How the events of what the emulator models are really brought about, by their type. */
export const SCENARIOS: Readonly<Record<string, Scenario | undefined>> = {
  ...paymentScenarios,
  ...billingScenarios,
  ...subscriptionScenarios,
}

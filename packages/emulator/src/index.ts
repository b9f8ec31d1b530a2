export type { LoggedRequest } from './api/request-log.ts'
export type {
  Emulator,
  EmulatorClock,
  EmulatorOptions,
  StripeConfig,
} from './server/emulator.ts'
export { startEmulator } from './server/start-emulator.ts'
export type { BillingSettings } from './state/world.ts'
export type { EndpointOptions } from './webhooks/add-given-endpoint.ts'
export type { DeliveryAttempt } from './webhooks/delivery-attempt.ts'

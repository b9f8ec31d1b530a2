export {
  type Billing,
  type BillingSource,
  openReceiver,
  type WebhookReceiver,
} from './billing/billing.ts'
export { createBilling } from './billing/create-billing.ts'
export type {
  AccountId,
  BillingOptions,
  StripeClient,
  WebhookSecret,
} from './billing/options.ts'
export type { RejectionCause } from './doctor/causes.ts'
export type { Rejection } from './doctor/rejection.ts'
export {
  BillingError,
  type BillingErrorCode,
  isBillingError,
} from './errors/billing-error.ts'
export type { EventOf, EventType, StripeEvent } from './events/event.ts'
export type {
  AnyNotification,
  EventNotification,
  NotificationType,
  RelatedObject,
} from './events/event-notification.ts'
export {
  type AnyEventHandler,
  type AnyNotificationHandler,
  type ContextOf,
  defineHandlers,
  type HandlerContext,
  type HandlerFacts,
  type Handlers,
  type NamedHandlers,
} from './events/handlers.ts'
export { type Clock, systemClock, type TimerHandle } from './runtime/clock.ts'
export { type LogFields, type Logger, silentLogger } from './runtime/logger.ts'
export {
  createSignatureKey,
  type SignatureFailure,
  type SignatureInput,
  type SignatureKey,
  type SignatureKeyOptions,
  type SignatureResult,
  verifySignature,
} from './signature/verify-signature.ts'
export { type MemoryTransaction, memoryStore } from './store/memory-store.ts'
export type {
  Claim,
  CommitMark,
  CommitResult,
  Delivery,
  EventKey,
  Failure,
  IdleState,
  Lease,
  Recorded,
  Store,
} from './store/store.ts'
export type {
  AsyncTransaction,
  EffectResult,
  StoreWork,
  SyncTransaction,
  TransactionKind,
  TransactionWork,
} from './store/transaction.ts'
export { BodyBuffer } from './webhooks/body-buffer.ts'
export type { BodyLimits, Inbound } from './webhooks/inbound.ts'
export type { Reply } from './webhooks/reply.ts'

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
export type { Sender, SenderFacts } from './billing/settings.ts'
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
  type DeclaringHandler,
  defineHandlers,
  type EventOrigin,
  type HandlerContext,
  type HandlerFacts,
  type Handlers,
  type NamedHandlers,
} from './events/handlers.ts'
export { type MirrorRow, type MirrorWrite, mergeMirror } from './mirror/mirror-row.ts'
export type {
  MirroredCustomer,
  MirroredInvoice,
  MirroredObject,
  MirroredSubscription,
  MirrorKind,
} from './mirror/mirrored.ts'
export type {
  CatchUpOptions,
  CatchUpProgress,
  CatchUpResult,
} from './recovery/catch-up.ts'
export type { IntakeTally } from './recovery/intake.ts'
export type { Pruned, PruneOptions, PruneResult } from './recovery/prune.ts'
export type { Recovery } from './recovery/recovery.ts'
export type { ReplayOptions, ReplayProgress, ReplayResult } from './recovery/run-again.ts'
export type { ReplaySelection } from './recovery/selection.ts'
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
export type { Delivery, EventKey, Scope } from './store/delivery.ts'
export type {
  Claim,
  ClaimedBatch,
  ClaimedEvent,
  ClaimNextOptions,
  ClaimOptions,
  CommitMark,
  CommitResult,
  DueKind,
  EventState,
  IdleState,
  InboxStore,
  Lease,
  OpenState,
  Recorded,
  Release,
} from './store/inbox-store.ts'
export type { MemoryTransaction } from './store/memory/memory-inbox.ts'
export { memoryStore } from './store/memory/memory-store.ts'
export type { MirrorStore } from './store/mirror-store.ts'
export type {
  ClaimedMessage,
  DeclaredEffect,
  MessageBatch,
  OutboxMessage,
  OutboxStore,
  SendResult,
} from './store/outbox-store.ts'
export type {
  EventPage,
  EventQuery,
  EventRecord,
  RecoveryStore,
} from './store/recovery-store.ts'
export type { Store } from './store/store.ts'
export type {
  AsyncTransaction,
  EffectResult,
  Recording,
  StoreWork,
  SyncTransaction,
  TransactionKind,
  TransactionWork,
} from './store/transaction.ts'
export { refusePromise } from './store/transaction.ts'
export { BodyBuffer } from './webhooks/body-buffer.ts'
export type { BodyLimits, Inbound } from './webhooks/inbound.ts'
export type { Reply } from './webhooks/reply.ts'
export type { Tally } from './worker/loop.ts'
export type { EngineJob, EngineResult } from './worker/process-events.ts'
export type { RunResult } from './worker/source.ts'
export type { Drained, Worker } from './worker/worker.ts'

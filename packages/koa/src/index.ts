export {
  type KoaContext,
  type KoaMiddleware,
  type WebhookOptions,
  webhook,
} from './webhook.ts'

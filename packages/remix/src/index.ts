export { type WebhookAction, webhook } from './webhook.ts'

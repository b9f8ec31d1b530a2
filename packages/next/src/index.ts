export { type WebhookRoute, webhook } from './webhook.ts'

export { type FetchWebhookOptions, fetchWebhook } from './fetch/fetch-webhook.ts'

export { fetchWebhook } from './fetch/fetch-webhook.ts'

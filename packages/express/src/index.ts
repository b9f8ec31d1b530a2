export { type ExpressHandler, type ExpressRequest, webhook } from './webhook.ts'

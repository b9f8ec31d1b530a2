export { sendReply } from './send-reply.ts'
export { type KeptBody, toInbound } from './to-inbound.ts'

export type { KeptBody } from './body/kept-bytes.ts'
export { sendReply } from './send-reply.ts'
export { toInbound } from './to-inbound.ts'

import type { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'

/** The secret of every server and every benchmark here. */
export const SECRET = 'whsec_bench_4f8a2c6e0b1d3f5a7c9e'

/** The `Stripe-Signature` of a body, made now. */
export function sign(body: Buffer): string {
  const timestamp = Math.floor(Date.now() / 1000)
  const v1 = createHmac('sha256', SECRET)
    .update(`${timestamp}.`)
    .update(body)
    .digest('hex')
  return `t=${timestamp},v1=${v1}`
}

import { createHmac } from 'node:crypto'

/**
 * The `Stripe-Signature` header. Test mode adds a `v0`, which verifiers must pass over.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function signatureHeader(body: string, secret: string, timestamp: number): string {
  const sign = (key: string) =>
    createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')
  return `t=${timestamp},v1=${sign(secret)},v0=${sign(`${secret}v0`)}`
}

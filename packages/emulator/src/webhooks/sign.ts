import { createHmac } from 'node:crypto'

/**
 * The `Stripe-Signature` header, with a `v1` for every secret that is in use. Test mode adds
 * a `v0`, which verifiers must pass over.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function signatureHeader(
  body: string,
  secrets: readonly string[],
  timestamp: number,
): string {
  const sign = (key: string) =>
    createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')
  const signatures = secrets.map((secret) => `v1=${sign(secret)}`)
  return [`t=${timestamp}`, ...signatures, `v0=${sign(`${secrets[0]}v0`)}`].join(',')
}

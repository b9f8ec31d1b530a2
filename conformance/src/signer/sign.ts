// The suite's own signer. It shares nothing with core: a defect there must not hide here.
import { createHmac } from 'node:crypto'

export interface SignatureOptions {
  readonly secret: string
  /** Seconds since 1970-01-01 UTC. Default: now. */
  readonly timestamp?: number
}

/** The hex digest that Stripe calls `v1`. Source: https://docs.stripe.com/webhooks#verify-manually */
export function v1Of(
  body: Uint8Array,
  secret: string,
  timestamp: number | string,
): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
}

/** A whole `Stripe-Signature` header. */
export function signatureHeader(
  body: Uint8Array,
  { secret, timestamp = nowInSeconds() }: SignatureOptions,
): string {
  return `t=${timestamp},v1=${v1Of(body, secret, timestamp)}`
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

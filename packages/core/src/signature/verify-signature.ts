import { createHmacKey, equalsHex, type HmacKey, hmacSha256 } from '#hmac'
import { BillingError } from '../errors/billing-error.ts'
import { parseSignatureHeader, type SignatureHeader } from './parse-signature-header.ts'

/** A webhook secret, made ready for hashing. Keep it: making one costs more than using it. */
export interface SignatureKey {
  readonly hmac: HmacKey
}

/**
 * Makes a secret (`whsec_…`, the whole string) ready for {@link verifySignature}.
 *
 * @throws BillingError `configuration_invalid` for a blank one: anybody could sign with it.
 */
export function createSignatureKey(secret: string): SignatureKey {
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw new BillingError(
      'configuration_invalid',
      'createSignatureKey: the secret is blank. Give the signing secret of the endpoint (whsec_…).',
    )
  }
  return { hmac: createHmacKey(secret) }
}

/** Why a signature was refused. */
export type SignatureFailure =
  | 'header_missing'
  | 'header_malformed'
  | 'no_match'
  | 'timestamp_too_old'
  | 'timestamp_in_future'

export type SignatureResult =
  | { readonly valid: true; readonly keyIndex: number }
  | { readonly valid: false; readonly reason: SignatureFailure }

export interface SignatureInput {
  /** Exactly the bytes that were received. */
  readonly body: Uint8Array
  /** The `Stripe-Signature` header as it was received. */
  readonly header: string | undefined
  /** All secrets that may have signed: more than one while a secret is being rolled. */
  readonly keys: readonly SignatureKey[]
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number
  /** How far `t` may lie from `now`, in seconds, in both directions. Stripe's default is 300. */
  readonly toleranceSeconds: number
}

/**
 * Tells whether one of the keys signed exactly these bytes, recently. It never throws
 * for anything that a sender can send. Where the runtime hashes synchronously (Node)
 * the result is there at once; elsewhere it is a promise.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function verifySignature(
  input: SignatureInput,
): SignatureResult | Promise<SignatureResult> {
  if (input.header === undefined) return refused.header_missing
  const header = parseSignatureHeader(input.header)
  if (header === undefined) return refused.header_malformed
  return tryKey(0, input, header)
}

const refused: Readonly<Record<SignatureFailure, SignatureResult>> = {
  header_missing: { valid: false, reason: 'header_missing' },
  header_malformed: { valid: false, reason: 'header_malformed' },
  no_match: { valid: false, reason: 'no_match' },
  timestamp_too_old: { valid: false, reason: 'timestamp_too_old' },
  timestamp_in_future: { valid: false, reason: 'timestamp_in_future' },
}

function tryKey(
  keyIndex: number,
  input: SignatureInput,
  header: SignatureHeader,
): SignatureResult | Promise<SignatureResult> {
  const key = input.keys[keyIndex]
  if (key === undefined) return refused.no_match
  const judge = (expected: Uint8Array): SignatureResult | Promise<SignatureResult> =>
    header.signatures.some((signature) => equalsHex(expected, signature))
      ? judgeAge(keyIndex, input, header)
      : tryKey(keyIndex + 1, input, header)
  const digest = hmacSha256(key.hmac, `${header.timestamp}.`, input.body)
  return isPromise(digest) ? digest.then(judge) : judge(digest)
}

/** Judged last, so that "too old" is only ever said of what was really signed. */
function judgeAge(
  keyIndex: number,
  input: SignatureInput,
  header: SignatureHeader,
): SignatureResult {
  const age = Math.floor(input.now / 1000) - Number(header.timestamp)
  // Asked this way round, a tolerance or a time that is no number accepts nothing.
  if (Math.abs(age) <= input.toleranceSeconds) return { valid: true, keyIndex }
  return age < 0 ? refused.timestamp_in_future : refused.timestamp_too_old
}

function isPromise(
  value: Uint8Array | Promise<Uint8Array>,
): value is Promise<Uint8Array> {
  return 'then' in value
}

import { createHmacSha256, equalsHex, type Hashing } from '#hmac'
import { BillingError } from '../errors/billing-error.ts'
import { parseSignatureHeader, type SignatureHeader } from './parse-signature-header.ts'

/** A webhook secret, made ready for hashing. Keep it: making one costs more than using it. */
export interface SignatureKey {
  /** HMAC-SHA256 over `prefix` (ASCII) followed by `body`, as 64 hex digits: at once, or as a promise where the runtime has Web Crypto alone. */
  readonly hmac: (prefix: string, body: Uint8Array) => string | Promise<string>
}

export interface SignatureKeyOptions {
  /**
   * How Node computes the HMAC: by `createHmac`, or from two calls of the one-shot
   * `crypto.hash`, which takes a server less time. Other runtimes have one way only.
   * Default `hmac`.
   */
  readonly hashing?: Hashing
}

/**
 * Makes a secret (`whsec_…`, the whole string) ready for {@link verifySignature}.
 *
 * @throws BillingError `configuration_invalid` for a blank one: anybody could sign with it.
 */
export function createSignatureKey(
  secret: string,
  { hashing = 'hmac' }: SignatureKeyOptions = {},
): SignatureKey {
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw new BillingError(
      'configuration_invalid',
      'createSignatureKey: the secret is blank. Give the signing secret of the endpoint (whsec_…).',
    )
  }
  return { hmac: createHmacSha256(secret, hashing) }
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
 * for anything that a sender can send. Where the runtime hashes synchronously (Node, Bun,
 * Deno) the result is there at once; elsewhere it is a promise.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually
 */
export function verifySignature(
  input: SignatureInput,
): SignatureResult | Promise<SignatureResult> {
  if (input.header === undefined) return refused.header_missing
  const header = parseSignatureHeader(input.header)
  if (header === undefined) return refused.header_malformed
  return tryKeys(0, input, header)
}

const refused: Readonly<Record<SignatureFailure, SignatureResult>> = {
  header_missing: { valid: false, reason: 'header_missing' },
  header_malformed: { valid: false, reason: 'header_malformed' },
  no_match: { valid: false, reason: 'no_match' },
  timestamp_too_old: { valid: false, reason: 'timestamp_too_old' },
  timestamp_in_future: { valid: false, reason: 'timestamp_in_future' },
}

function tryKeys(
  firstIndex: number,
  input: SignatureInput,
  header: SignatureHeader,
): SignatureResult | Promise<SignatureResult> {
  const { keys, body } = input
  const prefix = `${header.timestamp}.`
  for (let keyIndex = firstIndex; keyIndex < keys.length; keyIndex++) {
    const digest = keys[keyIndex]?.hmac(prefix, body)
    if (typeof digest === 'object') {
      return digest.then((expected) =>
        isAmong(header.signatures, expected)
          ? judgeAge(keyIndex, input, header)
          : tryKeys(keyIndex + 1, input, header),
      )
    }
    if (digest !== undefined && isAmong(header.signatures, digest)) {
      return judgeAge(keyIndex, input, header)
    }
  }
  return refused.no_match
}

function isAmong(signatures: readonly string[], expected: string): boolean {
  return signatures.some((signature) => equalsHex(expected, signature))
}

/** Judged last, so that "too old" is only ever said of what was really signed. */
function judgeAge(
  keyIndex: number,
  { now, toleranceSeconds }: SignatureInput,
  { timestamp }: SignatureHeader,
): SignatureResult {
  const age = Math.floor(now / 1000) - Number(timestamp)
  // Asked this way round, a tolerance or a time that is no number accepts nothing.
  if (Math.abs(age) <= toleranceSeconds) return { valid: true, keyIndex }
  return age < 0 ? refused.timestamp_in_future : refused.timestamp_too_old
}

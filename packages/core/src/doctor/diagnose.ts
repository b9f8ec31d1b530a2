import { decodeUtf8 } from '#utf8'
import {
  type SignatureFailure,
  type SignatureKey,
  verifySignature,
} from '../signature/verify-signature.ts'
import type { RejectionCause } from './causes.ts'
import { originalsOf, parsed } from './originals.ts'
import type { Diagnosis } from './rejection.ts'

/** A webhook whose signature does not hold. */
export interface Symptoms {
  readonly reason: SignatureFailure
  readonly header: string | undefined
  /** The `content-length`, in bytes, when there was one. */
  readonly declaredLength: number | undefined
  readonly body: Uint8Array
  readonly keys: readonly SignatureKey[]
  readonly mode: 'test' | 'live'
  /** When it was refused: milliseconds since 1970-01-01 UTC. */
  readonly now: number
}

/**
 * Finds the most likely cause of a signature that does not hold. What was changed on the
 * way is undone and verified: a proof for people, and never a way to be accepted.
 */
export async function diagnose(symptoms: Symptoms): Promise<Diagnosis> {
  const { reason, header = '', now } = symptoms
  switch (reason) {
    case 'header_missing':
      return { cause: 'no_header', proven: true }
    case 'header_malformed':
      return {
        cause: isJoined(header) ? 'two_headers' : 'malformed_header',
        proven: true,
      }
    case 'timestamp_in_future':
      return { cause: 'clock_skew', proven: true, ageSeconds: ageOf(header, now) }
    case 'timestamp_too_old':
      return { cause: 'stale_signature', proven: true, ageSeconds: ageOf(header, now) }
    case 'no_match':
      return (await findProven(symptoms)) ?? findLikely(symptoms)
  }
}

/** HTTP joins two headers of one name with a comma and a space. */
function isJoined(header: string): boolean {
  const timestamps = header.split(',').filter((item) => item.trim().startsWith('t='))
  return timestamps.length > 1 && header.includes(', ')
}

function ageOf(header: string, now: number): number {
  return Math.floor(now / 1000) - Number(/(?:^|,)t=(\d+)/.exec(header)?.[1])
}

async function findProven({
  header,
  body,
  keys,
  now,
}: Symptoms): Promise<Diagnosis | undefined> {
  for (const original of originalsOf(body)) {
    const toleranceSeconds = Number.POSITIVE_INFINITY
    const input = { body: original.body, header, keys, now, toleranceSeconds }
    if ((await verifySignature(input)).valid) {
      return { cause: original.cause, proven: true }
    }
  }
  return undefined
}

function findLikely(symptoms: Symptoms): Diagnosis {
  const { body, declaredLength = body.length } = symptoms
  if (body.length === 0) return { cause: 'empty_body', proven: true }
  if (body[0] === 0x1f && body[1] === 0x8b)
    return { cause: 'compressed_body', proven: true }
  const text = decodeUtf8(body)
  if (text === undefined || text.includes('\ufffd')) return { cause: 'charset_changed' }
  if (declaredLength > body.length || isCut(text)) {
    return { cause: 'cut_body', hints: hintsOfLength(declaredLength, body.length) }
  }
  if (declaredLength !== body.length) {
    const cause: RejectionCause = 'reserialised_body'
    return { cause, hints: hintsOfLength(declaredLength, body.length) }
  }
  const value = parsed(text)
  if (isEvent(value)) {
    return { cause: 'wrong_secret', hints: hintsOfSecret(value, text, symptoms) }
  }
  // What is too long to be parsed for a guess may well be an event.
  const cause = value === undefined && isObject(text) ? 'wrong_secret' : 'unknown_sender'
  return { cause }
}

function isObject(text: string): boolean {
  return text.startsWith('{') && text.trimEnd().endsWith('}')
}

/** An object that has begun, and has no end. */
function isCut(text: string): boolean {
  return text.startsWith('{') && !isObject(text)
}

type EventLike = Readonly<Record<'account' | 'context' | 'livemode', unknown>>

/** What it says was not verified: it is good for a hint, and for nothing else. */
function isEvent(value: unknown): value is EventLike {
  if (typeof value !== 'object' || value === null || !('object' in value)) return false
  return value.object === 'event' || value.object === 'v2.core.event'
}

function hintsOfLength(declared: number, received: number): readonly string[] {
  return declared === received
    ? []
    : [`Content-Length says ${declared} bytes, and ${received} were there`]
}

function hintsOfSecret(
  { account, context, livemode }: EventLike,
  text: string,
  { header = '', keys, mode }: Symptoms,
): readonly string[] {
  const hints: (string | false)[] = [
    header.includes(',v0=') &&
      'it has a v0 signature too, which only test mode and the Stripe CLI send: this asks for the secret of a test endpoint, or the one that stripe listen prints',
    typeof livemode === 'boolean' &&
      livemode !== (mode === 'live') &&
      `it says that it is of ${livemode ? 'live' : 'test'} mode, and this billing is in ${mode} mode`,
    Boolean(account ?? context) &&
      'it is about a connected account, and Connect endpoints have a secret of their own',
    !text.includes('\n') &&
      'its JSON is in one line, and Stripe indents it: it may have been parsed and written anew',
    keys.length > 1 && `${keys.length} secrets were tried`,
  ]
  return hints.filter((hint) => hint !== false)
}

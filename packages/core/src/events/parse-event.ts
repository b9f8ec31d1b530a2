import type { StripeEvent } from './event.ts'

// A byte order mark is kept, so that JSON.parse refuses it: nothing may be silently dropped.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a verified body turned out to be. */
export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: StripeEvent }
  | { readonly kind: 'thin_notification' }
  | { readonly kind: 'invalid'; readonly problem: string }

/**
 * Reads a verified body as a Stripe event. The signature says who sent it, not what it
 * is, so the envelope is checked before anything relies on it.
 */
export function parseEvent(body: Uint8Array): ParsedEvent {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(body))
  } catch {
    // The parser's message would quote the payload.
    return { kind: 'invalid', problem: 'the body is not JSON in UTF-8' }
  }
  if (!isRecord(value))
    return { kind: 'invalid', problem: 'the body is not a JSON object' }
  if (value.object === 'v2.core.event') return { kind: 'thin_notification' }
  const problem = findProblem(value)
  return problem === undefined
    ? { kind: 'event', event: value as unknown as StripeEvent }
    : { kind: 'invalid', problem }
}

function findProblem(value: Readonly<Record<string, unknown>>): string | undefined {
  if (value.object !== 'event') return '`object` is not "event"'
  const id = value.id
  if (typeof id !== 'string' || !/^evt_\w{1,250}$/.test(id)) return '`id` is no event id'
  if (typeof value.type !== 'string') return '`type` is not a string'
  if (typeof value.livemode !== 'boolean') return '`livemode` is not a boolean'
  if (typeof value.created !== 'number') return '`created` is not a number'
  const version = value.api_version
  if (version !== undefined && version !== null && typeof version !== 'string') {
    return '`api_version` is not a string'
  }
  const account = value.account
  if (account !== undefined && account !== null && typeof account !== 'string') {
    return '`account` is not a string'
  }
  const data = value.data
  if (!isRecord(data) || !isRecord(data.object)) return '`data.object` is not an object'
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

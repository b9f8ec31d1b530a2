import { decodeUtf8 } from '#utf8'
import type { StripeEvent } from './event.ts'
import type { ReceivedNotification } from './event-notification.ts'

/** What a verified body turned out to be. */
export type ParsedEvent =
  | { readonly kind: 'snapshot'; readonly received: StripeEvent }
  | { readonly kind: 'thin'; readonly received: ReceivedNotification }
  | { readonly kind: 'invalid'; readonly problem: string }

/**
 * Reads a verified body as a Stripe event. The signature says who sent it, not what it
 * is, so the envelope is checked before anything relies on it.
 */
export function parseEvent(body: Uint8Array): ParsedEvent {
  const text = decodeUtf8(body)
  if (text === undefined) return { kind: 'invalid', problem: 'the body is not UTF-8' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message would quote the payload.
    return { kind: 'invalid', problem: 'the body is not JSON' }
  }
  if (!isRecord(value))
    return { kind: 'invalid', problem: 'the body is not a JSON object' }
  const isThin = value.object === 'v2.core.event'
  const problem =
    problemOfEither(value) ?? (isThin ? problemOfThin(value) : problemOfSnapshot(value))
  if (problem !== undefined) return { kind: 'invalid', problem }
  return isThin
    ? { kind: 'thin', received: value as unknown as ReceivedNotification }
    : { kind: 'snapshot', received: value as unknown as StripeEvent }
}

/** The types of thin notifications, and only those, begin with the version of the API. */
const THIN_TYPE = /^v\d+\./

export function isThinType(type: string): boolean {
  return THIN_TYPE.test(type)
}

function problemOfEither(value: Readonly<Record<string, unknown>>): string | undefined {
  const { id, type, livemode, context } = value
  if (typeof id !== 'string' || !/^evt_\w{1,250}$/.test(id)) return '`id` is no event id'
  if (typeof type !== 'string' || !SHORT_TEXT.test(type)) return '`type` is not one'
  if (typeof livemode !== 'boolean') return '`livemode` is not a boolean'
  if (!isAbsentOr(SHORT_TEXT, context)) return '`context` is not one'
  return undefined
}

function problemOfSnapshot(value: Readonly<Record<string, unknown>>): string | undefined {
  if (value.object !== 'event') return '`object` is not "event"'
  if (isThinType(value.type as string)) return '`type` is that of a thin notification'
  if (typeof value.created !== 'number') return '`created` is not a number'
  if (!isAbsentOr(SHORT_TEXT, value.api_version)) return '`api_version` is not one'
  if (!isAbsentOr(ACCOUNT_ID, value.account)) return '`account` is no account id'
  const data = value.data
  if (!isRecord(data) || !isRecord(data.object)) return '`data.object` is not an object'
  return undefined
}

function problemOfThin(value: Readonly<Record<string, unknown>>): string | undefined {
  if (!isThinType(value.type as string))
    return '`type` is not that of a thin notification'
  if (typeof value.created !== 'string' || Number.isNaN(Date.parse(value.created)))
    return '`created` is not a time'
  const related = value.related_object
  if (related === undefined || related === null) return undefined
  const isWhole =
    isRecord(related) &&
    typeof related.id === 'string' &&
    typeof related.type === 'string' &&
    typeof related.url === 'string'
  return isWhole ? undefined : '`related_object` is not a reference to an object'
}

/** What reaches a log line or a key of the store is bounded, and holds no line break. */
const SHORT_TEXT = /^[\x21-\x7e]{1,1000}$/
const ACCOUNT_ID = /^acct_\w{1,250}$/

function isAbsentOr(form: RegExp, value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'string' && form.test(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

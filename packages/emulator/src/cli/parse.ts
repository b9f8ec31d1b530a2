import { InvalidArgumentError } from 'commander'
import { secondsOf, timeOf } from '../control/duration.ts'
import { EVENT_TYPES } from '../events/event-types.ts'

/** Parsers of options and arguments. Each throws what makes commander name the option. */

/** A whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** Of how many something goes wrong. */
export function rate(text: string): number {
  const value = Number(text)
  if (/^[\d.]+$/.test(text) && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be from 0 to 1, as in 0.05.')
}

/** A time: seconds since 1970-01-01 UTC, or ISO 8601. */
export function time(text: string): Date {
  return new Date(understood(() => timeOf(text)) * 1000)
}

/** As it was given, once it is a duration. */
export function duration(text: string): string {
  understood(() => secondsOf(text, new Date(0)))
  return text
}

/** Days, as in `1,3,5`. */
export function days(text: string): readonly number[] {
  const list = text.split(',').map(Number)
  if (list.every((value) => value > 0 && value <= 60)) return list
  throw new InvalidArgumentError('It must be days from 1 to 60, as in 1,3,5.')
}

/** A URL; where a host stands alone, of HTTP. */
export function webUrl(text: string): string {
  const url = /^\w+:\/\//.test(text) ? text : `http://${text}`
  if (URL.canParse(url) && /^https?:/.test(url)) return url
  throw new InvalidArgumentError(
    'It must be an http:// or https:// URL, as in http://localhost:3000/webhooks/stripe.',
  )
}

/** Types of events, with commas in between. */
export function eventTypes(text: string): readonly string[] {
  return text.split(',').map((type) => (type === '*' ? type : eventType(type)))
}

/** A type of event. */
export function eventType(text: string): string {
  if (EVENT_TYPES.has(text)) return text
  const [group = ''] = text.split('.')
  const similar = [...EVENT_TYPES].filter((type) => type.startsWith(`${group}.`))
  throw new InvalidArgumentError(
    `There is no type of event that is called ${text}${similar.length > 0 ? `; of ${group} there are ${similar.join(', ')}` : ''}.`,
  )
}

/** A version of the API. */
export function apiVersion(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}(?:\.[a-z]+)?$/.test(text)) return text
  throw new InvalidArgumentError('It must be as in 2025-02-24.acacia.')
}

/** A secret of a webhook endpoint. */
export function webhookSecret(text: string): string {
  if (/^whsec_\w{8,}$/.test(text)) return text
  throw new InvalidArgumentError('It must be whsec_ and at least 8 letters or digits.')
}

function understood<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

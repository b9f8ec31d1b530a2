import { invalidParameter } from '../api/stripe-error.ts'

const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
}

/**
 * The seconds of a text such as `90`, `90s`, `5m`, `36h`, `3d`, `2w`, `1mo` or `1y`, or of
 * several in a row. Months and years are those of the calendar, from a day on.
 */
export function secondsOf(duration: string, from: Date): number {
  const parts = [...duration.trim().matchAll(/(\d{1,6}(?:\.\d+)?)\s*([a-z]*)\s*/gy)]
  const read = parts.map(([part]) => part).join('')
  const at = new Date(from)
  let seconds = 0
  for (const [, count = '', unit = ''] of parts) {
    const factor = SECONDS[unit]
    if (factor !== undefined) seconds += Number(count) * factor
    else if (unit === 'mo') at.setUTCMonth(at.getUTCMonth() + Number(count))
    else if (unit === 'y') at.setUTCFullYear(at.getUTCFullYear() + Number(count))
    else throw notADuration(duration)
  }
  if (parts.length === 0 || read !== duration.trim()) throw notADuration(duration)
  return seconds + (at.getTime() - from.getTime()) / 1000
}

/** Seconds since 1970-01-01 UTC of a text: such a number, or a time as in `2026-02-01T00:00:00Z`. */
export function timeOf(text: string): number {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000
  if (Number.isFinite(at)) return at
  throw invalidParameter(`Invalid time: ${text}`, { param: 'to' })
}

function notADuration(text: string): Error {
  return invalidParameter(
    `${text} is no duration: write 90s, 5m, 36h, 3d, 2w, 1mo or 1y.`,
    { param: 'by' },
  )
}

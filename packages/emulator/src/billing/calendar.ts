import type { Recurring } from '../catalogue/catalogue-objects.ts'
import type { Period } from './invoice-item-object.ts'

type Interval = Pick<Recurring, 'interval' | 'interval_count'>

const DAY = 86_400
const APPROXIMATE_SECONDS: Readonly<Record<Recurring['interval'], number>> = {
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
}

/**
 * A number of intervals after (or below zero, before) an anchor. Months and years are those
 * of the calendar in UTC; a day that a month does not have is its last.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/billing-cycle
 *
 * @param anchor Seconds since 1970-01-01 UTC.
 */
export function addIntervals(
  anchor: number,
  { interval, interval_count }: Interval,
  count: number,
): number {
  if (interval === 'day') return anchor + count * interval_count * DAY
  if (interval === 'week') return anchor + count * interval_count * 7 * DAY
  const months = count * interval_count * (interval === 'year' ? 12 : 1)
  const at = new Date(anchor * 1000)
  const day = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() + months)
  const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0))
  at.setUTCDate(Math.min(day, days.getUTCDate()))
  return at.getTime() / 1000
}

/** The billing period that a time is in: from its start on, and before its end. */
export function periodAt(anchor: number, interval: Interval, time: number): Period {
  const approximate =
    APPROXIMATE_SECONDS[interval.interval] * Math.max(1, interval.interval_count)
  let count = Math.floor((time - anchor) / approximate)
  while (addIntervals(anchor, interval, count) > time) count -= 1
  while (addIntervals(anchor, interval, count + 1) <= time) count += 1
  return {
    start: addIntervals(anchor, interval, count),
    end: addIntervals(anchor, interval, count + 1),
  }
}

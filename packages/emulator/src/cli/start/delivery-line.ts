import { styleText } from 'node:util'
import type { DeliveryAttempt } from '../../webhooks/delivery-attempt.ts'
import { formatTime, withoutSecrets } from '../format.ts'

/** An attempt for a machine. */
export function deliveryRecord(attempt: DeliveryAttempt): unknown {
  const { url, durationMs, ...rest } = attempt
  return {
    kind: 'delivery',
    ...rest,
    url: withoutSecrets(url),
    durationMs: Math.round(durationMs),
  }
}

/** `2026-01-01 00:00:05  invoice.paid evt_…  -> http://localhost:3000/hook  500  3 ms  again at 2026-01-01 00:00:06`. */
export function deliveryLine(attempt: DeliveryAttempt): string {
  const { at, type, event, account, url, status, error, durationMs, nextAt } = attempt
  const isGood = status !== null && status >= 200 && status < 300
  const parts = [
    styleText('dim', formatTime(at)),
    `${styleText('cyan', type)} ${event}${account === null ? '' : ` of ${account}`}`,
    `-> ${withoutSecrets(url)}`,
    styleText(isGood ? 'green' : 'red', status === null ? `${error}` : String(status)),
    `${Math.round(durationMs)} ms`,
    isGood ? '' : nextAt === null ? 'given up' : `again at ${formatTime(nextAt)}`,
  ]
  return parts.filter((part) => part !== '').join('  ')
}

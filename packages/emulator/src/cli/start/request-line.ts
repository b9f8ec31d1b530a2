import { styleText } from 'node:util'
import type { LoggedRequest } from '../../api/request-log.ts'
import { formatTime } from '../format.ts'

/** A request for a machine: without its parameters, which may hold what is secret. */
export function requestRecord(request: LoggedRequest): unknown {
  const { params: _, search: __, durationMs, ...rest } = request
  return { kind: 'request', ...rest, durationMs: Math.round(durationMs) }
}

/** `2026-01-01 00:00:05  POST /v1/payment_intents  402  12 ms  card_declined`: never the parameters. */
export function requestLine(request: LoggedRequest): string {
  const { at, method, path, status, durationMs, objectId, errorCode } = request
  const isGood = status < 400
  const parts = [
    styleText('dim', formatTime(at)),
    `${method} ${path}`,
    styleText(isGood ? 'green' : 'red', String(status)),
    `${Math.round(durationMs)} ms`,
    errorCode ?? objectId ?? '',
    request.isReplay ? 'replayed' : '',
    request.isRefusedByStripeMock ? 'refused by stripe-mock' : '',
  ]
  return parts.filter((part) => part !== '').join('  ')
}

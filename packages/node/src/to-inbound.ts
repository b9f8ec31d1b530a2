import type { IncomingMessage } from 'node:http'
import type { Inbound } from '@countersign/core'
import type { KeptBody } from './body/kept-bytes.ts'
import { readRequestBody } from './body/read-request-body.ts'

const nothingKept: KeptBody = {
  candidates: [],
  advice: 'Give the request to toInbound() before anything else reads it.',
}

/**
 * Turns a Node request into what the core takes.
 *
 * @param kept Read when the core asks for the body, and only if something has read the
 *   stream before. Default: nothing is kept.
 */
export function toInbound(
  request: IncomingMessage,
  kept: () => KeptBody = () => nothingKept,
): Inbound {
  return {
    method: request.method ?? '',
    header: (name) => headerOf(request, name),
    readBody: (limits) => readRequestBody(request, limits, kept),
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}

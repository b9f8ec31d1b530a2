import type { FixtureEvent } from '../fixtures/fixture.ts'
import { type HttpRequest, headerOf } from '../probe/http-message.ts'

/** The parts of a webhook request in which a faulty one may differ from a good one. */
export type Fault = 'body' | 'framing' | 'method' | `header:${string}`

/** A webhook as Stripe sends it, with the event that it carries. */
export interface WebhookRequest extends HttpRequest {
  readonly event: FixtureEvent
}

/** The same request with one header replaced, added or (with `undefined`) left out. */
export function withHeader(
  request: WebhookRequest,
  name: string,
  value: string | undefined,
): WebhookRequest {
  const isNamed = ([candidate]: readonly [string, string]) =>
    candidate.toLowerCase() === name
  const others = request.headers.filter((header) => !isNamed(header))
  const written = request.headers.find(isNamed)?.[0] ?? name
  return {
    ...request,
    headers: value === undefined ? others : [...others, [written, value]],
  }
}

/** Every part in which two requests differ. */
export function faultsBetween(good: HttpRequest, faulty: HttpRequest): readonly Fault[] {
  const faults: Fault[] = []
  if (good.method !== faulty.method) faults.push('method')
  if (!good.body.equals(faulty.body)) faults.push('body')
  if (good.framing !== faulty.framing || String(good.cuts) !== String(faulty.cuts)) {
    faults.push('framing')
  }
  const names = new Set(
    [...good.headers, ...faulty.headers].map(([name]) => name.toLowerCase()),
  )
  for (const name of names) {
    if (valuesOf(good, name) !== valuesOf(faulty, name)) faults.push(`header:${name}`)
  }
  return faults
}

function valuesOf({ headers }: HttpRequest, name: string): string {
  return headers
    .filter(([candidate]) => candidate.toLowerCase() === name)
    .map(([, value]) => value)
    .join('\n')
}

export function signatureOf(request: HttpRequest): string {
  return headerOf(request, 'stripe-signature') ?? ''
}

/** A body with one part of it replaced. Throws when the part is not there. */
export function replaceBytes(body: Buffer, from: string, to: string | Buffer): Buffer {
  const start = body.indexOf(from)
  if (start < 0) throw new Error(`the fixture does not hold ${from}`)
  const rest = body.subarray(start + Buffer.byteLength(from))
  return Buffer.concat([body.subarray(0, start), Buffer.from(to as Buffer), rest])
}

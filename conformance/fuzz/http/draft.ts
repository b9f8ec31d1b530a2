import { nowInSeconds, signatureHeader } from '../../src/signer/sign.ts'

/** One webhook request on its way to becoming bytes. Steps change it in place. */
export interface Draft {
  /** `evt_…` */
  readonly eventId: string
  readonly secret: string
  /** Seconds since 1970-01-01 UTC, as signed. */
  readonly timestamp: number
  method: string
  target: string
  version: string
  /** In order. One character is one byte. */
  headers: [name: string, value: string][]
  /** Ends the lines of the head. */
  lineEnd: string
  /** Exactly the bytes that are signed. */
  body: Buffer
  /** What stands after the head: the body, in its framing. */
  payload: Buffer
}

/** What a draft is made of, beside the steps. */
export interface DraftFacts {
  readonly eventId: string
  /** The key under which the target records what it does. */
  readonly key: string
  readonly secret: string
  /** The port that `Host` names. */
  readonly port: number
}

/** A request that acts exactly once. */
export function plainDraft({ eventId, key, secret, port }: DraftFacts): Draft {
  const timestamp = nowInSeconds()
  const body = Buffer.from(
    `{"id":"${eventId}","object":"event","api_version":null,"created":1,"livemode":false,"type":"invoice.paid","data":{"object":{"id":"in_${eventId}","name":"Zo\u00eb \ud83d\ude00","amount":1.0,"metadata":{"conformance_key":"${key}"}}}}\n`,
  )
  return {
    eventId,
    secret,
    timestamp,
    method: 'POST',
    target: '/webhooks/stripe',
    version: 'HTTP/1.1',
    headers: [
      ['Host', `127.0.0.1:${port}`],
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Content-Length', String(body.length)],
      ['Stripe-Signature', signatureHeader(body, { secret, timestamp })],
    ],
    lineEnd: '\r\n',
    body,
    payload: body,
  }
}

export function toBytes(draft: Draft): Buffer {
  const { method, target, version, headers, lineEnd, payload } = draft
  const lines = [
    `${method} ${target} ${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  const head = lines.map((line) => line + lineEnd).join('') + lineEnd
  return Buffer.concat([Buffer.from(head, 'latin1'), payload])
}

export function headerOf({ headers }: Draft, name: string): string {
  return headers.find(([candidate]) => isSame(candidate, name))?.[1] ?? ''
}

/** Leaves one header of this name, at the place of the first. */
export function setHeader(draft: Draft, name: string, value: string): void {
  const at = draft.headers.findIndex(([candidate]) => isSame(candidate, name))
  dropHeader(draft, name)
  draft.headers.splice(at < 0 ? draft.headers.length : at, 0, [name, value])
}

export function dropHeader(draft: Draft, name: string): void {
  draft.headers = draft.headers.filter(([candidate]) => !isSame(candidate, name))
}

/** Sends other bytes, rightly signed and framed. */
export function setBody(draft: Draft, body: Buffer): void {
  draft.body = body
  draft.payload = body
  setHeader(draft, 'Content-Length', String(body.length))
  setHeader(draft, 'Stripe-Signature', signatureHeader(body, draft))
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

import { type Check, check } from '../src/catalogue/check.ts'
import type { FixtureName } from '../src/fixtures/fixture.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import {
  replaceBytes,
  signatureOf,
  type WebhookRequest,
  withHeader,
} from '../src/runner/webhook-request.ts'
import { nowInSeconds, v1Of } from '../src/signer/sign.ts'

/** What a faulty signature header is made from. */
interface HeaderParts {
  readonly valid: string
  readonly timestamp: string
  readonly v1: string
  /** The digest for another timestamp, or by another secret. */
  readonly sign: (timestamp: string | number, secret?: string) => string
}

type MakeHeader = (parts: HeaderParts) => string | undefined

function faultyHeader(
  t: CheckContext,
  good: WebhookRequest,
  make: MakeHeader,
): WebhookRequest {
  const valid = signatureOf(good)
  const [, timestamp = '', v1 = ''] = /^t=(\d+),v1=(\w+)$/.exec(valid) ?? []
  const [firstSecret] = t.subject.webhookSecrets
  const sign = (at: string | number, secret = firstSecret) => v1Of(good.body, secret, at)
  return withHeader(good, 'stripe-signature', make({ valid, timestamp, v1, sign }))
}

/** Refuses each of several headers made from a valid one. */
function rejects(
  id: string,
  requirement: string,
  title: string,
  ...headers: readonly MakeHeader[]
): Check {
  return check({
    id: `webhook.signature.rejects-${id}`,
    requirement,
    title,
    run: (t) =>
      t.expectRefused(
        ['header:stripe-signature'],
        headers.map((make) => (good) => faultyHeader(t, good, make)),
      ),
  })
}

/** Refuses a body that was changed after signing. */
function rejectsBody(
  id: string,
  title: string,
  change: (body: Buffer) => Buffer,
  fixture: FixtureName = 'compact',
): Check {
  return check({
    id: `webhook.signature.rejects-${id}`,
    requirement: 'WH-SIG-02',
    title,
    hint: 'Compute the digest over the bytes. Decoding them first makes different bodies equal.',
    run: (t) =>
      t.expectRefused(
        ['body'],
        [(good) => ({ ...good, body: change(good.body) })],
        fixture,
      ),
  })
}

const NINE_OF_TEN = 58

export const signatureRejects: readonly Check[] = [
  rejects(
    'missing-header',
    'WH-SIG-01',
    'A webhook without a signature is refused',
    () => undefined,
  ),
  rejects('empty-header', 'WH-SIG-01', 'An empty signature header is refused', () => ''),
  rejects(
    'malformed-header',
    'WH-SIG-08',
    'A header without a timestamp, without a v1, or of another form is refused',
    ({ v1 }) => `v1=${v1}`,
    ({ timestamp }) => `t=${timestamp}`,
    () => 'whsec',
    () => ',,,',
    () => '=',
    ({ timestamp, v1 }) => `t=,v1=${v1},t:${timestamp}`,
  ),
  rejects(
    'empty-v1',
    'WH-SIG-08',
    'A header with an empty v1 is refused like any other malformed one, also beside a valid v1',
    ({ timestamp }) => `t=${timestamp},v1=`,
    ({ valid }) => `${valid},v1=`,
    ({ valid }) => `${valid},v1`,
  ),
  rejects(
    'non-ascii-v1',
    'WH-SIG-08',
    'A v1 of 64 characters that are no hexadecimal digits is refused',
    ({ timestamp }) => `t=${timestamp},v1=${'\u00e9'.repeat(64)}`,
    ({ timestamp }) => `t=${timestamp},v1=${'z'.repeat(64)}`,
  ),
  rejects(
    'wrong-secret',
    'WH-SIG-01',
    'A signature by a secret that is not configured is refused',
    ({ timestamp, sign }) =>
      `t=${timestamp},v1=${sign(timestamp, 'whsec_of_somebody_else')}`,
    ({ timestamp, sign }) => `t=${timestamp},v1=${sign(timestamp, '')}`,
  ),
  rejects(
    'altered-timestamp',
    'WH-SIG-09',
    'A timestamp that was changed after signing is refused',
    ({ v1 }) => `t=${nowInSeconds() - 7},v1=${v1}`,
  ),
  rejects(
    'prefix-match',
    'WH-SIG-09',
    'A v1 that is right for most of its length is refused',
    ({ timestamp, v1 }) =>
      `t=${timestamp},v1=${v1.slice(0, NINE_OF_TEN)}${inverted(v1.slice(NINE_OF_TEN))}`,
    ({ timestamp, v1 }) => `t=${timestamp},v1=${v1.slice(0, NINE_OF_TEN)}`,
    ({ timestamp, v1 }) => `t=${timestamp},v1=${v1}00`,
  ),
  rejects(
    'v0-only',
    'WH-SIG-04',
    'A valid digest under another scheme than v1 is refused',
    ({ timestamp, v1 }) => `t=${timestamp},v0=${v1}`,
    ({ timestamp, v1 }) => `t=${timestamp},v2=${v1}`,
  ),
  rejects(
    'stale',
    'WH-SIG-07',
    'A signature older than the tolerance of five minutes is refused',
    ({ sign }) => signedAt(nowInSeconds() - 361, sign),
    ({ sign }) => signedAt(nowInSeconds() - 86_400, sign),
  ),
  rejects(
    'repeated-timestamp',
    'WH-SIG-08',
    'A header with two timestamps is refused, whichever of them was signed',
    ({ timestamp, v1 }) => `t=${timestamp},t=${Number(timestamp) - 1},v1=${v1}`,
    ({ timestamp, v1 }) => `t=${Number(timestamp) - 1},t=${timestamp},v1=${v1}`,
  ),
  rejects(
    'timestamp-junk',
    'WH-SIG-08',
    'A timestamp that is not a plain number is refused, also when it was signed as it stands',
    ({ timestamp, sign }) => signedAt(`${timestamp}x`, sign),
    ({ timestamp, sign }) => signedAt(`0${timestamp}`, sign),
    ({ timestamp, sign }) => signedAt(`${timestamp}.0`, sign),
    ({ sign }) => signedAt('NaN', sign),
    ({ timestamp, sign }) => signedAt(`-${timestamp}`, sign),
  ),
  rejects(
    'too-many-v1',
    'WH-SIG-11',
    'A header with more than 200 v1 is refused: comparing them all is work that anybody could cause',
    ({ valid, timestamp }) =>
      `t=${timestamp}${`,v1=${'c'.repeat(64)}`.repeat(200)},${valid.slice(valid.indexOf('v1='))}`,
  ),
  rejects(
    'white-space',
    'WH-SIG-11',
    'White space in the header is refused',
    ({ timestamp, v1 }) => `t=${timestamp}, v1=${v1}`,
    ({ timestamp, v1 }) => `t=${timestamp},v1=${v1.slice(0, 32)} ${v1.slice(32)}`,
  ),
  rejects(
    'upper-case-digits',
    'WH-SIG-11',
    'A v1 in upper-case digits is refused',
    ({ timestamp, v1 }) => `t=${timestamp},v1=${v1.toUpperCase()}`,
  ),
  check({
    id: 'webhook.signature.rejects-second-header',
    requirement: 'WH-SIG-11',
    title: 'Two signature headers are refused, whichever of them is valid',
    run: (t) => {
      const other = [
        'Stripe-Signature',
        `t=${nowInSeconds()},v1=${'c'.repeat(64)}`,
      ] as const
      return t.expectRefused(
        ['header:stripe-signature'],
        [
          (good) => ({ ...good, headers: [...good.headers, other] }),
          (good) => ({ ...good, headers: [other, ...good.headers] }),
        ],
      )
    },
  }),
  rejectsBody(
    'tampered-body',
    'A body that was changed after signing is refused',
    (body) => replaceBytes(body, '"amount_paid":2000', '"amount_paid":2001'),
  ),
  rejectsBody(
    'byte-order-mark',
    'A byte order mark put before a signed body is refused',
    (body) => Buffer.concat([Buffer.from('\ufeff'), body]),
  ),
  rejectsBody(
    'replaced-byte',
    'A signed body in which U+FFFD is swapped for a byte that is no UTF-8 is refused',
    (body) => replaceBytes(body, '\ufffd', Buffer.of(0xff)),
    'replacement-character',
  ),
  check({
    id: 'webhook.signature.rejects-signed-non-event',
    requirement: 'WH-SIG-12',
    title:
      'A validly signed body that is no event is refused: null, a number, a list, no JSON at all',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      for (const text of [
        'null',
        '5',
        '"s"',
        '[]',
        '{}',
        '{"object":"event"}',
        '{',
        '',
        '\ufeff{}',
      ]) {
        const event = { ...t.event(), body: Buffer.from(text) }
        t.expectStatus(await t.send(t.webhook(event)), '4xx')
      }
    },
  }),
]

function signedAt(timestamp: string | number, sign: HeaderParts['sign']): string {
  return `t=${timestamp},v1=${sign(timestamp)}`
}

/** Every hexadecimal digit as another one. */
function inverted(digits: string): string {
  return digits.replaceAll(/./g, (digit) =>
    (15 - Number.parseInt(digit, 16)).toString(16),
  )
}

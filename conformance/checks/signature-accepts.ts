import { type Check, check, SMOKE } from '../src/catalogue/check.ts'
import { awkwardFixtures, type FixtureName } from '../src/fixtures/fixture.ts'
import type { HttpRequest } from '../src/probe/http-message.ts'
import type { Subject } from '../src/runner/check-context.ts'
import { signatureOf, withHeader } from '../src/runner/webhook-request.ts'
import { nowInSeconds } from '../src/signer/sign.ts'

const RAW_BYTES =
  'Verify the bytes of the request as they came in, before anything parses, decodes or re-serialises them.'

const acceptsValid = check({
  id: SMOKE,
  requirement: 'WH-SIG-01',
  title: 'An event with a valid signature is accepted and acts once',
  dependsOn: [],
  hint: RAW_BYTES,
  run: async (t) => {
    await t.expectAccepted(t.webhook(t.event()))
  },
})

const titles: Readonly<Record<Exclude<FixtureName, 'compact'>, string>> = {
  crlf: 'JSON with CRLF line ends',
  'duplicate-keys': 'JSON with a key that comes twice',
  multibyte: 'JSON with emoji and right-to-left text, unescaped',
  numbers: 'JSON with 1.50, 2e3, -0 and an integer of twenty digits',
  'pretty-printed': 'pretty-printed JSON',
  'replacement-character': 'JSON with a U+FFFD of its own',
  'trailing-newline': 'JSON with line breaks after its end',
  'unicode-escapes': 'JSON with \\u and \\/ escapes',
}

const exactBytes: readonly Check[] = awkwardFixtures.map((fixture) =>
  check({
    id: `webhook.signature.exact-bytes.${fixture}`,
    requirement: 'WH-SIG-02',
    title: `The signature is verified over the exact bytes: ${titles[fixture]}`,
    hint: RAW_BYTES,
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event({ fixture })))
    },
  }),
)

const multibyteAcrossChunks = check({
  id: 'webhook.signature.multibyte-across-chunks',
  requirement: 'WH-SIG-02',
  title: 'A character whose bytes arrive in different chunks is not torn',
  hint: 'Join the chunks as bytes, not as strings.',
  run: async (t) => {
    for (const framing of framingsOf(t.subject)) {
      const request = t.webhook(t.event({ fixture: 'multibyte' }))
      const emoji = request.body.indexOf('😀')
      // Between each two of its four bytes, and after them.
      const cuts = [1, 2, 3, 4].map((bytes) => emoji + bytes)
      await t.expectAccepted({ ...request, framing, cuts })
    }
  },
})

/**
 * Writes may reach the target as one; chunks of HTTP stay apart. A parser that kept text
 * can prove it whole only where a length was declared, which chunks do without.
 */
function framingsOf({ variant }: Subject): readonly HttpRequest['framing'][] {
  return variant === 'parser-keeps-bytes'
    ? ['content-length']
    : ['content-length', 'chunked']
}

const OTHER_V1 = 'c'.repeat(64)

/** Accepts a header made from a valid one. */
function acceptsHeader(
  id: string,
  title: string,
  requirement: string,
  make: (valid: string) => string,
): Check {
  return check({
    id: `webhook.signature.${id}`,
    requirement,
    title,
    run: async (t) => {
      const request = t.webhook(t.event())
      await t.expectAccepted(
        withHeader(request, 'stripe-signature', make(signatureOf(request))),
      )
    },
  })
}

export const signatureAccepts: readonly Check[] = [
  acceptsValid,
  ...exactBytes,
  multibyteAcrossChunks,
  acceptsHeader(
    'any-matching-v1-first',
    'Of two v1, the first may be the one that matches',
    'WH-SIG-03',
    (valid) => `${valid},v1=${OTHER_V1}`,
  ),
  acceptsHeader(
    'any-matching-v1-last',
    'Of two v1, the last may be the one that matches',
    'WH-SIG-03',
    (valid) => valid.replace(',v1=', `,v1=${OTHER_V1},v1=`),
  ),
  acceptsHeader(
    'ignores-unknown-schemes',
    'Other schemes beside a v1 that matches are passed over',
    'WH-SIG-04',
    (valid) => `v0=${OTHER_V1},${valid},v2=abc`,
  ),
  check({
    id: 'webhook.signature.rotated-secret',
    requirement: 'WH-SIG-05',
    title: 'Each of the configured secrets may have signed',
    hint: 'While a secret is rolled, either may sign: try them all.',
    run: async (t) => {
      for (const secret of t.subject.webhookSecrets) {
        await t.expectAccepted(t.webhook(t.event(), { secret }))
      }
    },
  }),
  check({
    id: 'webhook.signature.header-case-insensitive',
    requirement: 'WH-SIG-06',
    title: 'The name of the signature header counts in any case',
    run: async (t) => {
      for (const name of ['stripe-signature', 'STRIPE-SIGNATURE']) {
        const request = t.webhook(t.event())
        const { headers } = withHeader(request, 'stripe-signature', undefined)
        await t.expectAccepted({
          ...request,
          headers: [...headers, [name, signatureOf(request)]],
        })
      }
    },
  }),
  check({
    id: 'webhook.signature.accepts-within-tolerance',
    requirement: 'WH-SIG-07',
    title: 'A signature that is four minutes old is accepted',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event(), { timestamp: nowInSeconds() - 240 }))
    },
  }),
  check({
    id: 'webhook.signature.future-timestamp',
    requirement: 'WH-SIG-10',
    title: 'A signature dated a year ahead is refused (stripe-node accepts it)',
    run: (t) =>
      t.expectRefused(
        ['header:stripe-signature'],
        [({ event }) => t.webhook(event, { timestamp: nowInSeconds() + 31_536_000 })],
      ),
  }),
]

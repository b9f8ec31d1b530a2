import { type Check, check } from '../src/catalogue/check.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { replaceBytes, signatureOf, withHeader } from '../src/runner/webhook-request.ts'
import { signatureHeader } from '../src/signer/sign.ts'

/** How long to wait for a `100 Continue`, which not every server gives, in milliseconds. */
const CONTINUE_MS = 300

/** What only somebody else than Stripe sends, and a server must take all the same. */
export const hostile: readonly Check[] = [
  check({
    id: 'webhook.http.slow-body',
    requirement: 'WH-HTTP-14',
    isPatient: true,
    title:
      'A body that does not come is given up with a 4xx that reaches its sender, and the next webhook is served',
    hint: 'Give the body a deadline of its own: servers by themselves wait for minutes, and each sender that stalls holds a connection. Do not cancel or destroy the request before it is answered.',
    run: async (t) => {
      const request = t.webhook(t.event())
      const { bodyTimeoutMs, timeoutMs } = t.subject
      const { response, error } = await t.sendRaw(
        request,
        ({ write }) => {
          write(`Content-Length: ${request.body.length}\r\n\r\n`)
          write(request.body.subarray(0, request.body.length / 2))
        },
        bodyTimeoutMs + timeoutMs,
      )
      const status = response?.status ?? 0
      if (Math.floor(status / 100) !== 4) {
        const got = response === undefined ? `${error}` : String(status)
        throw new CheckFailure('a 4xx for a body that stalls', got)
      }
      await t.expectAccepted(t.webhook(t.event()))
      await t.expectEffects(request.event, 0)
    },
  }),
  check({
    id: 'webhook.http.ambiguous-length',
    requirement: 'WH-HTTP-15',
    title: 'A request with both a Content-Length and chunks is refused',
    hint: 'A proxy may read it in the one way and the server in the other: that is how requests are smuggled.',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      const request = t.webhook(t.event())
      const { body } = request
      const exchange = await t.sendRaw(request, ({ write }) => {
        write(`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n`)
        write(inOneChunk(body, ''))
      })
      if (exchange.response !== undefined) t.expectStatus(exchange, '4xx')
      await t.expectEffects(request.event, 0)
    },
  }),
  check({
    id: 'webhook.http.expect-continue',
    requirement: 'WH-HTTP-16',
    title: 'A sender that asks first whether its body is wanted is served',
    run: async (t) => {
      const request = t.webhook(t.event())
      const exchange = await t.sendRaw(request, async ({ write, answered }) => {
        write(`Content-Length: ${request.body.length}\r\nExpect: 100-continue\r\n\r\n`)
        await answered(CONTINUE_MS)
        write(request.body)
      })
      t.expectStatus(exchange, '2xx')
      await t.expectEffects(request.event, 1)
    },
  }),
  check({
    id: 'webhook.http.deeply-nested-body',
    requirement: 'WH-HTTP-17',
    title: 'A body of 20,000 nested lists is refused with a 4xx, signed or not',
    hint: 'Parse only what is signed, and walk what was parsed without recursion or with a limit.',
    run: async (t) => {
      const body = Buffer.from('['.repeat(20_000) + ']'.repeat(20_000))
      const [secret] = t.subject.webhookSecrets
      await t.expectRefused(
        ['body', 'header:stripe-signature'],
        [
          (good) => ({ ...good, body }),
          (good) =>
            withHeader(
              { ...good, body },
              'stripe-signature',
              signatureHeader(body, { secret }),
            ),
        ],
      )
    },
  }),
  check({
    id: 'webhook.signature.rejects-invalid-utf8',
    requirement: 'WH-SIG-12',
    title: 'A validly signed body that is not UTF-8 is refused with a 4xx',
    hint: 'Decode after verifying, and strictly: a lenient decoder makes up characters that nobody signed.',
    run: async (t) => {
      const [secret] = t.subject.webhookSecrets
      await t.expectRefused(
        ['body', 'header:stripe-signature'],
        [
          (good) => {
            const body = replaceBytes(good.body, '"status":"', '"status":"\ufffd')
            const broken = replaceBytes(body, '\ufffd', Buffer.of(0xff))
            const signature = signatureHeader(broken, { secret })
            return withHeader({ ...good, body: broken }, 'stripe-signature', signature)
          },
        ],
      )
    },
  }),
  check({
    id: 'webhook.signature.rejects-oversized-header',
    requirement: 'WH-SIG-11',
    title: 'A signature header of 5 kB or of 20 kB is refused with a 4xx',
    run: (t) =>
      t.expectRefused(
        ['header:stripe-signature'],
        [5_000, 20_000].map(
          (length) => (good) =>
            withHeader(
              good,
              'stripe-signature',
              `${signatureOf(good)},v9=${'0'.repeat(length)}`,
            ),
        ),
      ),
  }),
  check({
    id: 'webhook.signature.rejects-trailing-header',
    requirement: 'WH-SIG-01',
    title: 'A signature that comes after the body, as a trailer, does not count',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      const request = t.webhook(t.event())
      const { body } = request
      const unsigned = withHeader(request, 'stripe-signature', undefined)
      const exchange = await t.sendRaw(unsigned, ({ write }) => {
        write('Trailer: Stripe-Signature\r\nTransfer-Encoding: chunked\r\n\r\n')
        write(inOneChunk(body, `Stripe-Signature: ${signatureOf(request)}\r\n`))
      })
      t.expectStatus(exchange, '4xx')
      await t.expectEffects(request.event, 0)
    },
  }),
]

/** @param trailers Lines of headers behind the body, each with its line break. */
function inOneChunk(body: Buffer, trailers: string): Buffer {
  const size = body.length.toString(16)
  return Buffer.concat([
    Buffer.from(`${size}\r\n`),
    body,
    Buffer.from(`\r\n0\r\n${trailers}\r\n`),
  ])
}

import { gzipSync } from 'node:zlib'
import { type Check, check, SMOKE } from '../src/catalogue/check.ts'
import { abortMidBody } from '../src/probe/abort-mid-body.ts'
import { createKeepAliveAgent } from '../src/probe/send.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { type WebhookRequest, withHeader } from '../src/runner/webhook-request.ts'
import { signatureHeader } from '../src/signer/sign.ts'

/** White space at the end of the JSON makes a body as long as one likes. */
function padded(body: Buffer, length: number): Buffer {
  return Buffer.concat([body, Buffer.alloc(length - body.length, ' ')])
}

export const http: readonly Check[] = [
  check({
    id: 'webhook.http.post-only',
    requirement: 'WH-HTTP-01',
    title: 'Only a POST can make an event act',
    run: async (t) => {
      const methods = ['GET', 'PUT', 'PATCH', 'DELETE']
      await t.expectRefused(
        ['method'],
        methods.map((method) => (good) => ({ ...good, method })),
      )
    },
  }),
  check({
    id: 'webhook.http.head-and-options',
    requirement: 'WH-HTTP-01',
    title: 'HEAD and OPTIONS are answered, without a 5xx and without an effect',
    run: async (t) => {
      for (const method of ['HEAD', 'OPTIONS']) {
        const request = { ...t.webhook(t.event()), method }
        const { response, error } = await t.send(request)
        if (response === undefined)
          throw new CheckFailure(`an answer to ${method}`, `${error}`)
        if (response.status >= 500) {
          throw new CheckFailure(`no 5xx for ${method}`, String(response.status))
        }
        await t.expectEffects(request.event, 0)
      }
    },
  }),
  check({
    id: 'webhook.http.status-classes',
    requirement: 'WH-HTTP-02',
    title: "What the sender did wrong is a 4xx, the application's own failure a 5xx",
    hint: 'Stripe delivers again after anything but a 2xx; people read the class to see whose fault it was.',
    run: async (t) => {
      const unsigned = withHeader(t.webhook(t.event()), 'stripe-signature', undefined)
      t.expectStatus(await t.send(unsigned), '4xx')
      const failing = t.webhook(t.event({ instruction: 'throw' }))
      // Where events are processed durably, no handler has run by then.
      const expected = t.has('durable-processing') ? '2xx' : '5xx'
      t.expectStatus(await t.send(failing), expected)
    },
  }),
  check({
    id: 'webhook.http.content-type',
    requirement: 'WH-HTTP-03',
    title: 'The content type counts with any charset and any case, or none at all',
    run: async (t) => {
      for (const type of [
        'application/json',
        'Application/JSON;Charset="UTF-8"',
        undefined,
      ]) {
        await t.expectAccepted(withHeader(t.webhook(t.event()), 'content-type', type))
      }
    },
  }),
  check({
    id: 'webhook.http.chunked',
    requirement: 'WH-HTTP-04',
    title: 'A body in chunks, without a length, is accepted',
    run: async (t) => {
      const request = t.webhook(t.event())
      await t.expectAccepted({ ...request, framing: 'chunked', cuts: [1, 100, 101] })
    },
  }),
  check({
    id: 'webhook.http.body-of-300-kb',
    requirement: 'WH-HTTP-05',
    title: 'A body of 300 kB is accepted',
    hint: 'Events with large invoices exceed the 100 kB that many body parsers allow by default.',
    run: async (t) => {
      const event = t.event()
      await t.expectAccepted(t.webhook({ ...event, body: padded(event.body, 300_000) }))
    },
  }),
  check({
    id: 'webhook.http.rejects-oversized-body',
    requirement: 'WH-HTTP-06',
    title:
      'A body of 2 MB is refused with a 4xx that reaches its sender, with or without a length',
    hint: 'Stop reading at the limit, answer, and go on dropping what arrives until the sender has read the answer.',
    run: async (t) => {
      for (const framing of ['content-length', 'chunked'] as const) {
        const event = t.event()
        const request = t.webhook({ ...event, body: padded(event.body, 2_000_000) })
        t.expectStatus(await t.send({ ...request, framing }), '4xx')
        await t.expectEffects(event, 0)
      }
      await t.expectAccepted(t.webhook(t.event()))
    },
  }),
  check({
    id: 'webhook.http.rejects-gzip',
    requirement: 'WH-HTTP-07',
    title:
      'A compressed body is refused, whether the signature is over it or over what it inflates to',
    run: async (t) => {
      const [secret] = t.subject.webhookSecrets
      const compressed =
        (signed: 'compressed' | 'inflated') =>
        (good: WebhookRequest): WebhookRequest => {
          const body = gzipSync(good.body)
          const over = signed === 'compressed' ? body : good.body
          const signature = signatureHeader(over, { secret })
          const resigned = withHeader({ ...good, body }, 'stripe-signature', signature)
          return withHeader(resigned, 'content-encoding', 'gzip')
        }
      await t.expectRefused(
        ['body', 'header:content-encoding', 'header:stripe-signature'],
        [compressed('compressed'), compressed('inflated')],
      )
    },
  }),
  check({
    id: 'webhook.http.keep-alive-after-rejection',
    requirement: 'WH-HTTP-09',
    title: 'A connection that is kept after a refusal serves the next webhook',
    hint: 'Either say `Connection: close` with the refusal, or read its body to the end.',
    run: async (t) => {
      const agent = createKeepAliveAgent(t.subject.probe.url)
      try {
        const tampered = t.webhook(t.event())
        const refused = await t.send(
          { ...tampered, body: padded(tampered.body, tampered.body.length + 1) },
          { agent },
        )
        t.expectStatus(refused, '4xx')
        await t.expectAccepted(t.webhook(t.event()), agent)
      } finally {
        agent.destroy()
      }
    },
  }),
  check({
    id: 'webhook.http.sibling-keeps-parsed-body',
    requirement: 'WH-HTTP-10',
    title: 'A route beside the webhook still gets its JSON body parsed',
    dependsOn: [],
    hint: 'What the webhook route needs must not be done to the whole application.',
    run: async (t) => {
      const value = { nonce: t.nonce() }
      const body = Buffer.from(JSON.stringify(value))
      const response = t.expectStatus(
        await t.send({
          method: 'POST',
          path: t.subject.routes.sibling,
          headers: [['Content-Type', 'application/json']],
          body,
          framing: 'content-length',
          cuts: [],
        }),
        '2xx',
      )
      if (response.body.replaceAll(/\s/g, '') !== body.toString()) {
        throw new CheckFailure(`the parsed body, ${body}`, response.body)
      }
    },
  }),
  check({
    id: 'webhook.http.mount-prefix',
    requirement: 'WH-HTTP-11',
    title: 'The webhook route works below a mount point too',
    dependsOn: [SMOKE],
    run: async (t) => {
      const path = t.subject.routes.mounted
      await t.expectAccepted(t.webhook(t.event(), { path }))
      t.expectStatus(
        await t.send({ ...t.webhook(t.event(), { path }), body: Buffer.from('{}') }),
        '4xx',
      )
    },
  }),
  check({
    id: 'webhook.http.survives-abort',
    requirement: 'WH-HTTP-08',
    isLast: true,
    title: 'A sender that goes away in the middle of a body does no harm',
    run: async (t) => {
      const request = t.webhook(t.event())
      await abortMidBody(t.subject.probe.url, request)
      try {
        await t.expectAccepted(t.webhook(t.event()))
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        throw new CheckFailure('an answer after a sender went away', message)
      }
      await t.expectEffects(request.event, 0)
    },
  }),
]

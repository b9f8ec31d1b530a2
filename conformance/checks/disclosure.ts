import { type Check, check } from '../src/catalogue/check.ts'
import { type Exchange, headerOf } from '../src/probe/http-message.ts'
import { formsOf } from '../src/report/redact.ts'
import type { CheckContext, Subject } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { withHeader } from '../src/runner/webhook-request.ts'
import { v1Of } from '../src/signer/sign.ts'

/** What no answer may tell: judged at the end, over every answer of the run. */
export const disclosure: readonly Check[] = [
  check({
    id: 'webhook.http.no-stack-trace',
    requirement: 'WH-HTTP-12',
    isLast: true,
    title: 'No answer of the whole run shows a stack trace or a path of a source file',
    run: async (t) => {
      await provokeAnswers(t)
      for (const { request, response } of t.subject.exchanges) {
        const found = TRACE.exec(response?.body ?? '')
        if (found !== null) {
          throw new CheckFailure(
            `no trace of the source in the answer to ${request.method} ${request.path}`,
            JSON.stringify(found[0].trim()),
          )
        }
      }
    },
  }),
  check({
    id: 'webhook.http.no-secret-in-answers',
    requirement: 'WH-HTTP-13',
    isLast: true,
    title:
      'No answer of the whole run holds a secret in any form, a signature that was sent, or the one that would have been right',
    hint: 'To say what was expected hands out a signature over whatever the sender likes.',
    run: async (t) => {
      await provokeAnswers(t)
      const { webhookSecrets, stripeSecretKey } = t.subject
      const secrets = [...webhookSecrets, stripeSecretKey].flatMap(formsOf)
      for (const exchange of t.subject.exchanges) {
        const answer = JSON.stringify(exchange.response ?? {})
        const isInAnswer = (secret: string) => answer.includes(secret)
        // A digest over each body takes time, so it is made only for answers that could hold one.
        const right = DIGEST.test(answer) ? rightSignatures(exchange, t.subject) : []
        const sent = signaturesIn(exchange)
        if ([...secrets, ...sent, ...right].some(isInAnswer)) {
          const { method, path } = exchange.request
          throw new CheckFailure(
            `no secret and no signature in the answer to ${method} ${path}`,
            'one of them',
          )
        }
      }
    },
  }),
  check({
    id: 'webhook.http.no-secret-in-logs',
    requirement: 'WH-HTTP-18',
    isLast: true,
    title:
      'Nothing that was logged in the whole run holds a secret in any form, a signature that was sent, or a body',
    hint: "stripe's own error of a failed verification carries the header and the payload: log its message, and not the error.",
    run: async (t) => {
      await provokeAnswers(t)
      const { webhookSecrets, stripeSecretKey, exchanges } = t.subject
      const secrets = [...webhookSecrets, stripeSecretKey].flatMap(formsOf)
      const logged = t.allLogs().join('\n')
      const kinds: readonly (readonly [string, readonly string[]])[] = [
        ['a secret', secrets],
        ['a signature', exchanges.flatMap(signaturesIn)],
        ['a body', [BODY_MARK]],
      ]
      for (const [kind, texts] of kinds) {
        if (texts.some((text) => logged.includes(text))) {
          throw new CheckFailure('no secret, no signature and no body in the log', kind)
        }
      }
    },
  }),
]

/** Stands in the fixtures that most checks send, and nowhere else. */
const BODY_MARK = 'ada@example.com'

/** Stack frames of JavaScript and Python, and places in their sources. */
const TRACE =
  /\n?\s+at .+[:(]\d+:\d+|[\w/.-]+\.(?:[cm]?[jt]sx?|py):\d+|File "[^"]+\.py", line \d+/

const provoked = new WeakMap<Subject, Promise<void>>()

/** Asks, once in a run, for the answers that tend to say too much, whatever else the run has asked for. */
function provokeAnswers(t: CheckContext): Promise<void> {
  const asked = provoked.get(t.subject) ?? askForAll(t)
  provoked.set(t.subject, asked)
  return asked
}

async function askForAll(t: CheckContext): Promise<void> {
  const requests = [
    t.webhook(t.event()),
    t.webhook(t.event({ instruction: 'throw' })),
    t.webhook({ ...t.event(), body: Buffer.from('{') }),
    { ...t.webhook(t.event()), body: Buffer.from('{}') },
    withHeader(t.webhook(t.event()), 'stripe-signature', 'v1='),
    { ...t.webhook(t.event()), method: 'PUT' },
  ]
  for (const request of requests) {
    const { response, error } = await t.send(request)
    if (response === undefined)
      throw new CheckFailure(`an answer to ${request.method} ${request.path}`, `${error}`)
  }
}

/** 32 bytes in hex, or in base64. */
const DIGEST = /[0-9a-f]{64}|[\w+/-]{43}/

function signaturesIn({ request }: Exchange): readonly string[] {
  return headerOf(request, 'stripe-signature')?.match(/[0-9a-f]{64}/g) ?? []
}

/** What the request's signature would have to be, for every secret. */
function rightSignatures(
  { request }: Exchange,
  { webhookSecrets }: Subject,
): readonly string[] {
  const header = headerOf(request, 'stripe-signature') ?? ''
  const timestamps = header.match(/(?<=\bt=)\d+/g) ?? []
  return webhookSecrets.flatMap((secret) =>
    timestamps.flatMap((timestamp) => {
      const digest = Buffer.from(v1Of(request.body, secret, timestamp), 'hex')
      const base64 = digest.toString('base64').slice(0, 43)
      return [digest.toString('hex'), base64, digest.toString('base64url')]
    }),
  )
}

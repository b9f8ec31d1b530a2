import { cardScenarios, unsignedRefusals } from './check-groups.ts'
import { type Base, type Edit, edit, type Mutant } from './mutant.ts'

/** The defects that every adapter is tested for, as changes of its own source. */
interface AdapterDefects {
  readonly base: Base
  readonly reserialised: Edit
  readonly decoded: Edit
  readonly swallowed: Edit
  readonly notAwaited: Edit
}

const EXPRESS = 'packages/express/src/webhook.ts'
const KOA = 'packages/koa/src/webhook.ts'
const REMIX = 'packages/remix/src/webhook.ts'
const NEXT = 'packages/next/src/webhook.ts'

/** Replaces what the body reader of a Node adapter gives. */
const nodeBody = (file: string, expression: string) =>
  edit(
    file,
    'await receive(inbound)',
    `await receive({ ...inbound, readBody: async (limits) => { const bytes = await inbound.readBody(limits); return ${expression} } })`,
  )

/** Replaces the body of the request that a Fetch adapter hands on. */
const fetchBody = (file: string, find: string, call: string, expression: string) =>
  edit(
    file,
    find,
    `async (request: Request) => { const text = await request.text(); const { 'content-length': _, ...headers } = Object.fromEntries(request.headers); return (${call})(new Request(request.url, { method: request.method, headers, ...(text !== '' && { body: ${expression} }) })) }`,
  )

/** Has the body before it forgets to wait, as hand-written routes do. */
const READ_FIRST = `async function readFirst(answer: (request: Request) => Promise<Response>, request: Request) {
  const bytes = await request.arrayBuffer()
  void answer(new Request(request.url, { method: request.method, headers: request.headers, ...(bytes.byteLength > 0 && { body: bytes }) }))
  return new Response()
}`

const RESERIALISE_BYTES =
  'new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(bytes))))'
const DECODE_BYTES = 'new TextEncoder().encode(new TextDecoder().decode(bytes))'
const RESERIALISE_TEXT = 'JSON.stringify(JSON.parse(text))'

const adapters: readonly AdapterDefects[] = [
  {
    base: 'express-5',
    reserialised: nodeBody(EXPRESS, RESERIALISE_BYTES),
    decoded: nodeBody(EXPRESS, DECODE_BYTES),
    swallowed: edit(
      EXPRESS,
      'sendReply(request, response, reply)',
      'sendReply(request, response, { ...reply, status: 200 })',
    ),
    notAwaited: edit(
      EXPRESS,
      'const reply = await receive(inbound)',
      "const bytes = await inbound.readBody({ limitBytes: 1_048_576, signal: new AbortController().signal })\n    void receive({ ...inbound, readBody: async () => bytes })\n    const reply = { status: 200, headers: {}, body: '' }",
    ),
  },
  {
    base: 'koa-3',
    reserialised: nodeBody(KOA, RESERIALISE_BYTES),
    decoded: nodeBody(KOA, DECODE_BYTES),
    swallowed: edit(
      KOA,
      'const reply = await receive(inbound)',
      'const reply = { ...(await receive(inbound)), status: 200 }',
    ),
    notAwaited: edit(
      KOA,
      'const reply = await receive(inbound)',
      "const bytes = await inbound.readBody({ limitBytes: 1_048_576, signal: new AbortController().signal })\n    void receive({ ...inbound, readBody: async () => bytes })\n    const reply = { status: 200, headers: {}, body: '' }",
    ),
  },
  {
    base: 'remix-2',
    reserialised: fetchBody(
      REMIX,
      'fetchWebhook(billing, { advice })',
      'fetchWebhook(billing, { advice })',
      RESERIALISE_TEXT,
    ),
    decoded: fetchBody(
      REMIX,
      'fetchWebhook(billing, { advice })',
      'fetchWebhook(billing, { advice })',
      'text',
    ),
    swallowed: edit(
      REMIX,
      'return answer(request)',
      'return answer(request).then(({ body }) => new Response(body))',
    ),
    notAwaited: edit(
      REMIX,
      'return answer(request)',
      `return readFirst(answer, request)\n${READ_FIRST}`,
    ),
  },
  {
    base: 'next-unbundled',
    reserialised: fetchBody(
      NEXT,
      'fetchWebhook(billing, { advice })',
      'fetchWebhook(billing, { advice })',
      RESERIALISE_TEXT,
    ),
    decoded: fetchBody(
      NEXT,
      'fetchWebhook(billing, { advice })',
      'fetchWebhook(billing, { advice })',
      'text',
    ),
    swallowed: edit(
      NEXT,
      'return fetchWebhook(billing, { advice })',
      'const answer = fetchWebhook(billing, { advice })\n  return (request) => answer(request).then(({ body }) => new Response(body))',
    ),
    notAwaited: edit(
      NEXT,
      'return fetchWebhook(billing, { advice })',
      `const answer = fetchWebhook(billing, { advice })\n  return (request) => readFirst(answer, request)\n${READ_FIRST}`,
    ),
  },
]

/** What the adapter itself answers to other methods; elsewhere the framework does. */
const answersEveryMethod: ReadonlySet<Base> = new Set(['koa-3', 'remix-2'])
/** Whose defects stand before the core, and so see compressed bodies and long ones too. */
const readsFetchBodies: ReadonlySet<Base> = new Set(['remix-2', 'next-unbundled'])

const GZIP = 'webhook.http.rejects-gzip'
const OVERSIZED = 'webhook.http.rejects-oversized-body'
const NON_EVENT = 'webhook.signature.rejects-signed-non-event'
const DEEP = 'webhook.http.deeply-nested-body'
const NO_UTF8 = 'webhook.signature.rejects-invalid-utf8'
const SLOW = 'webhook.http.slow-body'
const CONCURRENT = 'webhook.idempotency.concurrent-once'

const STALLS = 'expected a 4xx for a body that stalls, got no answer'

export const adapterMutants: readonly Mutant[] = adapters.flatMap(
  ({ base, reserialised, decoded, swallowed, notAwaited }): readonly Mutant[] => {
    const isFetch = readsFetchBodies.has(base)
    const methods = answersEveryMethod.has(base) ? ['webhook.http.post-only'] : []
    // What reads the body by itself has no deadline either.
    const stalls = isFetch ? { [STALLS]: [SLOW] } : {}
    const alwaysAccepted = [...unsignedRefusals, ...methods, NON_EVENT, NO_UTF8, GZIP]
    return [
      {
        id: `${base}-body-reserialised`,
        defect: 'The adapter verifies the body after parsing and serialising it',
        base,
        apply: [reserialised],
        kills: {
          'expected a 2xx, got 400': [
            'webhook.signature.exact-bytes.crlf',
            'webhook.signature.exact-bytes.duplicate-keys',
            'webhook.signature.exact-bytes.numbers',
            'webhook.signature.exact-bytes.pretty-printed',
            'webhook.signature.exact-bytes.trailing-newline',
            'webhook.signature.exact-bytes.unicode-escapes',
            'webhook.http.body-of-300-kb',
          ],
          'expected a 4xx, got 200': [
            'webhook.signature.rejects-byte-order-mark',
            'webhook.signature.rejects-replaced-byte',
            'webhook.http.keep-alive-after-rejection',
          ],
          'expected a 4xx, got 500': isFetch
            ? [NON_EVENT, GZIP, DEEP]
            : [NON_EVENT, DEEP],
          'expected a 2xx for payment_intent.created, got 400': cardScenarios,
          ...stalls,
        },
      },
      {
        id: `${base}-body-decoded`,
        defect: 'The adapter hands on the body as a string',
        base,
        apply: [decoded],
        kills: {
          'expected a 4xx, got 200': [
            'webhook.signature.rejects-byte-order-mark',
            'webhook.signature.rejects-replaced-byte',
          ],
          ...stalls,
        },
      },
      {
        id: `${base}-errors-swallowed`,
        defect: 'The adapter answers every failure with a 200',
        base,
        apply: [swallowed],
        kills: {
          'expected a 4xx, got 200': [...alwaysAccepted, OVERSIZED],
          'expected a 4xx for a body that stalls, got 200': [SLOW],
          'expected a 5xx, got 200': ['webhook.idempotency.retry-after-failure'],
          'expected the effect to be there when a 2xx comes': [CONCURRENT],
        },
      },
      {
        id: `${base}-await-dropped`,
        defect: 'The adapter answers without waiting for the core',
        base,
        apply: [notAwaited],
        kills: {
          'expected a 4xx, got 200': isFetch
            ? [...alwaysAccepted, OVERSIZED]
            : alwaysAccepted,
          ...(!isFetch && { 'expected a 4xx, got 500': [OVERSIZED] }),
          'expected a 5xx, got 200': ['webhook.idempotency.retry-after-failure'],
          'expected the effect to be there when a 2xx comes': [
            CONCURRENT,
            'webhook.idempotency.acknowledges-after-commit',
          ],
          'expected exactly one effect after the crash, got 0': [
            'webhook.idempotency.crash-then-redeliver',
          ],
          [STALLS]: [SLOW],
        },
      },
    ]
  },
)

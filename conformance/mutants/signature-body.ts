import { edit, type Mutant } from './mutant.ts'

const RECEIVE = 'packages/core/src/webhooks/receive.ts'
const KEPT_BYTES = 'packages/node/src/body/kept-bytes.ts'
const PARSE = 'packages/core/src/events/parse-event.ts'

/** What a body goes through between its arrival and its verification. */
const readThen = (expression: string) =>
  edit(
    RECEIVE,
    'body = await readBody(inbound, settings)',
    `body = await readBody(inbound, settings); body = ${expression}`,
  )

export const signatureBodyMutants: readonly Mutant[] = [
  {
    id: 'decoded-as-latin1',
    defect: 'The body is decoded as Latin-1, and verified as UTF-8',
    base: 'express-5',
    apply: [readThen("new TextEncoder().encode(new TextDecoder('latin1').decode(body))")],
    kills: {
      'expected a 2xx, got 400': [
        'webhook.signature.exact-bytes.multibyte',
        'webhook.signature.exact-bytes.replacement-character',
        'webhook.signature.multibyte-across-chunks',
        'webhook.signature.rejects-replaced-byte',
        'webhook.dispatch.payload',
      ],
    },
  },
  {
    id: 'line-ends-normalised',
    defect: 'CRLF becomes LF before the body is verified',
    base: 'express-5',
    apply: [
      readThen(
        "new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).replaceAll('\\r\\n', '\\n'))",
      ),
    ],
    kills: {
      'expected a 2xx, got 400': ['webhook.signature.exact-bytes.crlf'],
      'expected a 4xx, got 200': ['webhook.signature.rejects-replaced-byte'],
    },
  },
  {
    id: 'body-trimmed',
    defect: 'White space around the body is dropped before it is verified',
    base: 'express-5',
    apply: [
      readThen(
        "new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).trimEnd())",
      ),
    ],
    kills: {
      'expected a 2xx, got 400': [
        'webhook.signature.exact-bytes.trailing-newline',
        'webhook.http.body-of-300-kb',
      ],
      'expected a 4xx, got 200': [
        'webhook.signature.rejects-replaced-byte',
        'webhook.http.keep-alive-after-rejection',
      ],
    },
  },
  {
    id: 'replacement-character-refused',
    defect: 'A U+FFFD in a body is taken for damage, whoever wrote it',
    base: 'express-5',
    apply: [
      readThen(
        "new TextDecoder().decode(body).includes('\\ufffd') ? new Uint8Array() : body",
      ),
    ],
    kills: {
      'expected a 2xx, got 400': [
        'webhook.signature.exact-bytes.replacement-character',
        'webhook.signature.rejects-replaced-byte',
      ],
    },
  },
  {
    id: 'chunks-joined-as-text',
    defect: 'Chunks are decoded one by one and joined as text',
    base: 'express-5',
    apply: [
      edit(
        'packages/node/src/body/read-request-body.ts',
        "buffer.add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)",
        'buffer.add(Buffer.from(Buffer.from(chunk).toString()))',
      ),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.multibyte-across-chunks'] },
  },
  {
    id: 'event-not-checked',
    defect: 'Whatever a signed body holds is taken for an event',
    base: 'express-5',
    apply: [edit(PARSE, 'if (!isRecord(value))', "if (value === 'never')")],
    kills: { 'expected a 4xx, got 500': ['webhook.signature.rejects-signed-non-event'] },
  },
  {
    id: 'lost-bytes-serialised-again',
    defect:
      'Behind a parser that dropped the bytes, its value is serialised again and verified',
    base: 'express-5',
    variant: 'parser-drops-bytes',
    apply: [
      edit(
        KEPT_BYTES,
        '  return undefined\n}',
        '  return new TextEncoder().encode(JSON.stringify(candidates.at(-1)))\n}',
      ),
    ],
    kills: { 'expected a 5xx, got 200': ['webhook.signature.lost-bytes-fail-loudly'] },
  },
  {
    id: 'lost-bytes-unexplained',
    defect: 'Behind a parser that dropped the bytes, the log does not say what to do',
    base: 'express-5',
    variant: 'parser-drops-bytes',
    apply: [
      edit(
        'packages/core/src/webhooks/read-body.ts',
        'logger.error(error.message, {',
        "logger.error('no body', {",
      ),
    ],
    kills: {
      'expected a log line that names the body parser': [
        'webhook.signature.lost-bytes-fail-loudly',
      ],
    },
  },
  {
    id: 'decoded-body-trusted',
    defect:
      'The text that a parser kept is encoded again and verified, whatever was lost on the way',
    base: 'koa-3',
    variant: 'parser-keeps-bytes',
    apply: [
      edit(
        KEPT_BYTES,
        "declaredLength === bytes.length && !candidate.includes('\\ufffd')",
        'true',
      ),
    ],
    kills: {
      'expected a 4xx, got 200': ['webhook.signature.lossy-kept-body-refused'],
    },
  },
]

import { unsignedRefusals } from './check-groups.ts'
import { edit, type Mutant } from './mutant.ts'

const RECEIVE = 'packages/core/src/webhooks/receive.ts'
const REPLY = 'packages/core/src/webhooks/reply.ts'
const OPTIONS = 'packages/core/src/billing/to-settings.ts'
const READ_BODY = 'packages/node/src/body/read-request-body.ts'
const SEND_REPLY = 'packages/node/src/send-reply.ts'

export const httpMutants: readonly Mutant[] = [
  {
    id: 'any-method',
    defect: 'Every method is taken for a POST',
    base: 'koa-3',
    apply: [
      edit(RECEIVE, "if (inbound.method !== 'POST') return 'method_not_allowed'", ''),
    ],
    kills: {
      'expected a 4xx, got 200': ['webhook.http.post-only'],
      'expected 0 effects of invoice.paid, got 1': ['webhook.http.head-and-options'],
    },
  },
  {
    id: 'refusals-are-500',
    defect: 'A wrong signature is answered with a 500',
    base: 'express-5',
    apply: [
      edit(
        REPLY,
        "refused(400, 'signature_invalid')",
        "refused(500, 'signature_invalid')",
      ),
    ],
    kills: { 'expected a 4xx, got 500': unsignedRefusals },
  },
  {
    id: 'failures-are-400',
    defect: 'A handler that fails is answered with a 400',
    base: 'express-5',
    apply: [
      edit(REPLY, "refused(500, 'handler_failed')", "refused(400, 'handler_failed')"),
    ],
    kills: {
      'expected a 5xx, got 400': [
        'webhook.http.status-classes',
        'webhook.idempotency.retry-after-failure',
      ],
    },
  },
  {
    id: 'strict-content-type',
    defect: 'The content type is compared as a whole',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        "const encoding = inbound.header('content-encoding')",
        "const encoding = inbound.header('content-encoding')\n    if (inbound.header('content-type') !== 'application/json; charset=utf-8') return 'event_invalid'",
      ),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.http.content-type'] },
  },
  {
    id: 'length-required',
    defect: 'A body without a length is taken for none',
    base: 'express-5',
    apply: [
      edit(
        READ_BODY,
        'const declared = declaredLength(request)',
        'const declared = declaredLength(request)\n  if (declared === undefined) {\n    await new Promise((resolve) => request.resume().on("end", resolve))\n    return new Uint8Array()\n  }',
      ),
    ],
    kills: {
      'expected a 2xx, got 400': [
        'webhook.http.chunked',
        'webhook.signature.multibyte-across-chunks',
      ],
    },
  },
  {
    id: 'hundred-kilobytes',
    defect: 'Bodies are limited to the 100 kB that body parsers allow by default',
    base: 'express-5',
    apply: [edit(OPTIONS, '1_048_576', '102_400')],
    kills: { 'expected a 2xx, got 413': ['webhook.http.body-of-300-kb'] },
  },
  {
    id: 'no-limit',
    defect: 'Bodies of any length are read',
    base: 'express-5',
    apply: [edit(OPTIONS, '1_048_576', '1_048_576_000')],
    kills: { 'expected a 4xx, got 200': ['webhook.http.rejects-oversized-body'] },
  },
  {
    id: 'reset-after-refusal',
    defect:
      'The connection of a body that is too large is cut before its sender can read why',
    base: 'express-5',
    apply: [
      edit(
        SEND_REPLY,
        'linger(request, () => response.end())',
        'request.socket.resetAndDestroy()',
      ),
    ],
    kills: {
      'expected an answer with a 4xx, got read ECONNRESET': [
        'webhook.http.rejects-oversized-body',
        'webhook.http.rejects-gzip',
      ],
      'expected a 4xx for a body that stalls': ['webhook.http.slow-body'],
    },
  },
  {
    id: 'inflates',
    defect: 'A compressed body is inflated, and then verified',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        "encoding !== undefined && encoding !== 'identity'",
        "encoding === 'never'",
      ),
      edit(
        READ_BODY,
        'if (read instanceof Uint8Array) return read',
        "if (read instanceof Uint8Array)\n    return request.headers['content-encoding'] === 'gzip' ? process.getBuiltinModule('node:zlib').gunzipSync(read) : read",
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.http.rejects-gzip'] },
  },
  {
    id: 'abort-crashes',
    defect: 'A sender that goes away raises an error that nobody catches',
    base: 'express-5',
    apply: [
      edit(
        READ_BODY,
        'end(aborted(cause))',
        'if (!signal.aborted) throw aborted(cause)\n      end(aborted(cause))',
      ),
    ],
    kills: {
      'expected an answer after a sender went away': ['webhook.http.survives-abort'],
    },
  },
  {
    id: 'socket-closed-silently',
    defect: 'The connection is closed after a refusal, without saying so',
    base: 'express-5',
    apply: [
      edit(
        SEND_REPLY,
        '...length }).end(body)',
        '...length }).end(body, () => status >= 400 && request.socket.destroy())',
      ),
    ],
    kills: {
      'expected an answer with a 2xx, got socket hang up': [
        'webhook.http.keep-alive-after-rejection',
      ],
    },
  },
  {
    id: 'stack-in-refusal',
    defect: 'The answer to a body that is too large shows where it was refused',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = outcome === 'body_too_large' ? { ...replies[outcome], body: String(new Error('too large').stack) } : replies[outcome]",
      ),
    ],
    kills: { 'expected no trace of the source': ['webhook.http.no-stack-trace'] },
  },
  {
    id: 'signature-oracle',
    defect: 'The answer to a wrong signature says which one would have been right',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        "      return 'signature_invalid'",
        "      expected = String(keys[0]?.hmac(`${/t=(\\d+)/.exec(String(header))?.[1]}.`, body))\n      return 'signature_invalid'",
      ),
      edit(
        RECEIVE,
        '  async function decide(',
        "  let expected = ''\n  async function decide(",
      ),
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = outcome === 'signature_invalid' ? { ...replies[outcome], body: expected } : replies[outcome]",
      ),
    ],
    kills: {
      'expected no secret and no signature in the answer': [
        'webhook.http.no-secret-in-answers',
      ],
    },
  },
  {
    id: 'signature-in-answer',
    defect: 'The answer to a wrong signature repeats it, to help with debugging',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = outcome === 'signature_invalid' ? { ...replies[outcome], body: String(inbound.header('stripe-signature')) } : replies[outcome]",
      ),
    ],
    kills: {
      'expected no secret and no signature in the answer': [
        'webhook.http.no-secret-in-answers',
      ],
    },
  },
]

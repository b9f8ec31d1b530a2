import { type Benign, edit } from './mutant.ts'

const REPLY = 'packages/core/src/webhooks/reply.ts'
const RECEIVE = 'packages/core/src/webhooks/receive.ts'

export const benignControls: readonly Benign[] = [
  {
    id: 'answers-204',
    difference: 'A 204 without a body in place of a 200',
    base: 'express-5',
    apply: [
      edit(
        REPLY,
        'return { status: 200, headers: json, body: JSON.stringify({ outcome }) }',
        "return { status: 204, headers: {}, body: '' }",
      ),
    ],
  },
  {
    id: 'empty-bodies',
    difference: 'No answer has a body',
    base: 'koa-3',
    apply: [
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = { ...replies[outcome], body: '' }",
      ),
    ],
  },
  {
    id: 'html-bodies',
    difference: 'Every answer is an HTML page',
    base: 'remix-2',
    apply: [
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = { ...replies[outcome], headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Webhook</title>' }",
      ),
    ],
  },
  {
    id: 'answers-401',
    difference: 'A 401 for a wrong signature',
    base: 'express-5',
    apply: [
      edit(
        REPLY,
        "refused(400, 'signature_invalid')",
        "refused(401, 'signature_invalid')",
      ),
    ],
  },
  {
    id: 'answers-403',
    difference: 'A 403 for a wrong signature',
    base: 'next-unbundled',
    apply: [
      edit(
        REPLY,
        "refused(400, 'signature_invalid')",
        "refused(403, 'signature_invalid')",
      ),
    ],
  },
  {
    id: 'extra-headers',
    difference: 'Headers that nobody asked for',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'const reply = replies[outcome]',
        "const reply = { ...replies[outcome], headers: { ...replies[outcome].headers, 'x-powered-by': 'magic', 'set-cookie': 'a=b' } }",
      ),
    ],
  },
  {
    id: 'slow',
    difference: 'Every answer takes its time',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'const outcome = await decide(inbound)',
        'const outcome = await decide(inbound)\n    await new Promise((resolve) => setTimeout(resolve, 15))',
      ),
    ],
  },
  {
    id: 'no-keep-alive',
    difference: 'Every answer closes its connection',
    base: 'express-5',
    apply: [
      edit(
        'packages/node/src/send-reply.ts',
        '{ ...headers, ...length }).end(body)',
        "{ ...headers, ...length, connection: 'close' }).end(body)",
      ),
    ],
  },
]

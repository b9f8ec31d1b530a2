import { edit, type Mutant } from './mutant.ts'

const HEADER = 'packages/core/src/signature/parse-signature-header.ts'
const PARSE = 'packages/core/src/events/parse-event.ts'
const RECEIVE = 'packages/core/src/webhooks/receive.ts'
const TARGET = 'conformance/targets/express/create-express-target.ts'

/** Targets that hold against what Stripe sends, and not against what others do. */
export const hostileMutants: readonly Mutant[] = [
  {
    id: 'no-body-deadline',
    defect: 'A body may take as long as it likes',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/webhooks/read-body.ts',
        '() => controller.abort()',
        '() => {}',
      ),
    ],
    kills: {
      'expected a 4xx for a body that stalls, got no answer': ['webhook.http.slow-body'],
    },
  },
  {
    id: 'web-body-cancelled',
    defect: 'A web stream is cancelled at its deadline, and its connection with it',
    base: 'remix-2',
    variant: 'behind-express',
    apply: [
      edit(
        'packages/core/src/fetch/read-web-body.ts',
        'function onDeadline(): void {',
        'function onDeadline(): void {\n      reader.cancel().catch(() => {})',
      ),
    ],
    kills: { 'expected a 4xx for a body that stalls': ['webhook.http.slow-body'] },
  },
  {
    id: 'lenient-parser',
    defect: "Node's HTTP parser is told to be lenient, and takes a length told twice",
    base: 'express-5',
    apply: [
      edit(
        TARGET,
        "app.listen(environment.port, '127.0.0.1')",
        "process.getBuiltinModule('node:http').createServer({ insecureHTTPParser: true }, app as never).listen(environment.port, '127.0.0.1')",
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.http.ambiguous-length'] },
  },
  {
    id: 'expectation-failed',
    defect: 'A sender that asks first is sent away',
    base: 'express-5',
    apply: [
      edit(
        TARGET,
        "await once(server, 'listening')",
        "server.on('checkContinue', (_: unknown, response: ServerResponse) => response.writeHead(417).end())\n    await once(server, 'listening')",
      ),
    ],
    kills: { 'expected a 2xx, got 417': ['webhook.http.expect-continue'] },
  },
  {
    id: 'body-walked-recursively',
    defect: 'What was parsed is walked without a limit',
    base: 'express-5',
    apply: [
      edit(
        PARSE,
        'if (!isRecord(value))',
        'const depthOf = (part: unknown): number => typeof part === "object" && part !== null ? 1 + Math.max(0, ...Object.values(part).map(depthOf)) : 0\n  depthOf(value)\n  if (!isRecord(value))',
      ),
    ],
    kills: { 'expected a 4xx, got 500': ['webhook.http.deeply-nested-body'] },
  },
  {
    id: 'lenient-decoder',
    defect: 'Bytes that are no UTF-8 are replaced after verifying',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/runtime/utf8-node.ts',
        'if (!isUtf8(bytes)) return undefined',
        '',
      ),
      edit('packages/core/src/runtime/utf8-node.ts', 'Buffer, isUtf8', 'Buffer'),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-invalid-utf8'] },
  },
  {
    id: 'long-header-taken',
    defect: 'A signature header may be as long as the server lets it be',
    base: 'express-5',
    apply: [edit(HEADER, 'MAX_HEADER_LENGTH = 4096', 'MAX_HEADER_LENGTH = 1e9')],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-oversized-header'] },
  },
  {
    id: 'trailers-are-headers',
    defect: 'A header that is missing is looked for behind the body',
    base: 'express-5',
    apply: [
      edit(
        'packages/node/src/to-inbound.ts',
        'headerOf(request, name)',
        'headerOf(request, name) ?? request.trailers[name]',
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-trailing-header'] },
  },
  {
    id: 'modes-mixed',
    defect: 'The mode of an event is not looked at',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/webhooks/find-binding.ts',
        "if (livemode !== (mode === 'live')) return 'other_mode'",
        '',
      ),
    ],
    kills: {
      'expected 0 effects of invoice.paid, got 1': ['webhook.dispatch.other-mode'],
    },
  },
  {
    id: 'thin-notification-throws',
    defect: 'A thin notification raises an exception, as it does in constructEvent',
    base: 'express-5',
    apply: [
      edit(
        PARSE,
        "const isThin = value.object === 'v2.core.event'",
        "const isThin = value.object === 'v2.core.event'\n  if (isThin) throw new Error('You passed a thin event notification')",
      ),
    ],
    kills: { 'expected a 2xx, got 500': ['webhook.dispatch.thin-notification'] },
  },
  {
    id: 'secrets-logged',
    defect: 'The options are logged at the start, secrets and all',
    base: 'express-5',
    apply: [
      edit(
        'packages/core/src/billing/to-settings.ts',
        'checkSecretKey(stripe, mode)',
        "checkSecretKey(stripe, mode)\n  logger.info('options', { webhookSecrets: options.webhookSecrets })",
      ),
    ],
    kills: { 'and no body in the log, got a secret': ['webhook.http.no-secret-in-logs'] },
  },
  {
    id: 'signature-logged',
    defect: 'The header of a webhook that is refused is logged, to help with debugging',
    base: 'koa-3',
    apply: [
      edit(
        RECEIVE,
        "return 'signature_invalid'",
        "logger.warn('refused', { header })\n      return 'signature_invalid'",
      ),
    ],
    kills: {
      'and no body in the log, got a signature': ['webhook.http.no-secret-in-logs'],
    },
  },
  {
    id: 'event-logged',
    defect: 'Every event is logged as it came',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'const key = toEventKey(parsed.received)',
        "const key = toEventKey(parsed.received)\n    logger.info('received', { event: parsed.received })",
      ),
    ],
    kills: { 'and no body in the log, got a body': ['webhook.http.no-secret-in-logs'] },
  },
]

import { type Check, check } from '../src/catalogue/check.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { replaceBytes } from '../src/runner/webhook-request.ts'

export const parser: readonly Check[] = [
  check({
    id: 'webhook.signature.lost-bytes-fail-loudly',
    requirement: 'WH-SIG-13',
    variant: 'parser-drops-bytes',
    dependsOn: [],
    title:
      'Behind a parser that drops the bytes, the answer is a 5xx without an effect, and the log names the middleware and the line to write',
    hint: 'Never verify a body that was serialised again: say which middleware to move instead.',
    run: async (t) => {
      for (const fixture of ['compact', 'pretty-printed'] as const) {
        const event = t.event({ fixture })
        t.expectStatus(await t.send(t.webhook(event)), '5xx')
        await t.expectEffects(event, 0)
      }
      const logs = t.logs()
      if (!logs.some(namesWhatToMove)) {
        throw new CheckFailure(
          'a log line that names the body parser and the line to write',
          logs.length === 0 ? 'no log line' : logs.join('\n'),
        )
      }
    },
  }),
  check({
    id: 'webhook.signature.lossy-kept-body-refused',
    requirement: 'WH-SIG-13',
    variant: 'parser-keeps-bytes',
    title:
      'A body that the parser kept is refused with a 4xx when a byte of it was replaced or a mark put before it',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      for (const change of [replaceByte, prependMark]) {
        const request = t.webhook(t.event({ fixture: 'replacement-character' }))
        t.expectStatus(await t.send({ ...request, body: change(request.body) }), '4xx')
        await t.expectEffects(request.event, 0)
      }
    },
  }),
]

/** Names a parser or middleware by its name in code, and says in code where the route goes. */
function namesWhatToMove(line: string): boolean {
  const isAboutParsing = /\b(?:body|json|raw|parser|middleware)\b/i.test(line)
  const calls = line.match(/[\w.]+\([^()]*(?:\([^()]*\)[^()]*)*\)/g) ?? []
  const isParser = (call: string) => /pars|json|body|raw|middleware/i.test(call)
  return isAboutParsing && calls.some(isParser) && calls.some((call) => !isParser(call))
}

// Both decode to the text that was signed.
const replaceByte = (body: Buffer) => replaceBytes(body, '\ufffd', Buffer.of(0xff))
const prependMark = (body: Buffer) => Buffer.concat([Buffer.from('\ufeff'), body])

import { type Check, check } from '../src/catalogue/check.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { replaceBytes } from '../src/runner/webhook-request.ts'

export const parser: readonly Check[] = [
  check({
    id: 'webhook.signature.lost-bytes-fail-loudly',
    requirement: 'WH-SIG-13',
    variant: 'parser-drops-bytes',
    dependsOn: [],
    title: 'Behind a parser that drops the bytes, the answer is a 5xx without an effect, and the log names the middleware and the line to write',
    hint: 'Never verify a body that was serialised again: say which middleware to move instead.',
    run: async (t) => {
      for (const fixture of ['compact', 'pretty-printed'] as const) {
        const event = t.event({ fixture })
        t.expectStatus(await t.send(t.webhook(event)), '5xx')
        await t.expectEffects(event, 0)
      }
      const logs = t.logs().join('\n')
      if (!/body ?parser|\w+\.json\(\)/i.test(logs) || !/webhook\(/.test(logs)) {
        throw new CheckFailure(
          'a log line that names the body parser and the line to write',
          logs === '' ? 'no log line' : logs.slice(0, 400),
        )
      }
    },
  }),
  check({
    id: 'webhook.signature.lossy-kept-body-refused',
    requirement: 'WH-SIG-13',
    variant: 'parser-keeps-bytes',
    title: 'A body that the parser kept, and in which a byte was replaced, is never accepted',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      const request = t.webhook(t.event({ fixture: 'replacement-character' }))
      const body = replaceBytes(request.body, '\ufffd', Buffer.of(0xff))
      t.expectStatus(await t.send({ ...request, body }), 'not 2xx')
      await t.expectEffects(request.event, 0)
    },
  }),
]

import { isDeepStrictEqual } from 'node:util'
import { type Check, check } from '../src/catalogue/check.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'

export const dispatch: readonly Check[] = [
  check({
    id: 'webhook.dispatch.by-type',
    requirement: 'WH-DISP-01',
    title: 'An event runs the handler of its type, and no other',
    run: async (t) => {
      for (const type of ['invoice.payment_failed', 'customer.subscription.deleted']) {
        const event = t.event({ type })
        await t.expectAccepted(t.webhook(event))
        const types = (await t.recording(event)).attempts.map((attempt) => attempt.type)
        if (types.length !== 1 || types[0] !== type) {
          throw new CheckFailure(
            `one run of the handler of ${type}`,
            `[${types.join(', ')}]`,
          )
        }
      }
    },
  }),
  check({
    id: 'webhook.dispatch.unknown-type',
    requirement: 'WH-DISP-02',
    title:
      'An event of a type without a handler is answered with a 2xx, and does nothing',
    hint: 'Anything else makes Stripe deliver it for three days, and disable the endpoint in the end.',
    run: async (t) => {
      for (const type of [
        'countersign.never_heard_of',
        'radar.early_fraud_warning.created',
      ]) {
        const event = t.event({ type })
        t.expectStatus(await t.send(t.webhook(event)), '2xx')
        const { attempts } = await t.recording(event)
        if (attempts.length > 0) {
          throw new CheckFailure(
            `no run of a handler for ${type}`,
            String(attempts.length),
          )
        }
      }
    },
  }),
  check({
    id: 'webhook.dispatch.payload',
    requirement: 'WH-DISP-03',
    title: 'A handler gets the whole event, as it was sent',
    run: async (t) => {
      const event = t.event({ fixture: 'multibyte' })
      await t.expectAccepted(t.webhook(event))
      const [attempt] = (await t.recording(event)).attempts
      const sent: unknown = JSON.parse(event.body.toString())
      if (!isDeepStrictEqual(attempt?.payload, sent)) {
        throw new CheckFailure(
          `the event that was sent, ${JSON.stringify(sent).slice(0, 100)}…`,
          `${JSON.stringify(attempt?.payload)}`,
        )
      }
    },
  }),
  check({
    id: 'webhook.dispatch.connect-account',
    requirement: 'WH-DISP-04',
    title:
      'A handler is told the connected account of an event, and none for an event of the platform',
    run: async (t) => {
      for (const account of ['acct_1Conformance', undefined]) {
        const event = t.event(account === undefined ? {} : { account })
        await t.expectAccepted(t.webhook(event))
        const [attempt] = (await t.recording(event)).attempts
        if (attempt?.account !== (account ?? null)) {
          throw new CheckFailure(
            `the account ${account ?? null}`,
            String(attempt?.account),
          )
        }
      }
    },
  }),
]

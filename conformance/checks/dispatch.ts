import { isDeepStrictEqual } from 'node:util'
import { type Check, check } from '../src/catalogue/check.ts'
import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import type { Exchange } from '../src/probe/http-message.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { replaceBytes } from '../src/runner/webhook-request.ts'

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
        await expectNoAttempt(t, event)
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
  check({
    id: 'webhook.dispatch.other-mode',
    requirement: 'WH-MODE-01',
    title:
      'An event of live mode that reaches a target in test mode is answered without a 5xx, and does not act',
    hint: 'Compare `livemode` with the mode of the application before anything runs. A 2xx keeps Stripe from disabling the endpoint.',
    run: async (t) => {
      await t.expectAccepted(t.webhook(t.event()))
      const event = t.event()
      const body = replaceBytes(
        event.body,
        '"livemode":false,"pending_webhooks"',
        '"livemode":true,"pending_webhooks"',
      )
      expectNo5xx(t, await t.send(t.webhook({ ...event, body })))
      await t.expectEffects(event, 0)
      await expectNoAttempt(t, event)
    },
  }),
  check({
    id: 'webhook.dispatch.thin-notification',
    requirement: 'WH-THIN-01',
    title:
      'A thin event notification is handled or refused: answered with a 2xx or a 4xx, and never with a 5xx',
    hint: "It has no `data`, its `created` is text, and its `object` is v2.core.event: what expects an event trips over it. An endpoint's payload style is chosen in Stripe, so one may come any time.",
    run: async (t) => {
      for (const related_object of [
        { id: 'sub_1', type: 'subscription', url: '/v1/subscriptions/sub_1' },
        null,
      ]) {
        const event = t.event()
        const notification = {
          id: event.id,
          object: 'v2.core.event',
          type: 'v1.customer.subscription.active',
          livemode: false,
          created: new Date().toISOString(),
          related_object,
        }
        const body = Buffer.from(JSON.stringify(notification))
        expectNo5xx(t, await t.send(t.webhook({ ...event, body })))
      }
    },
  }),
]

async function expectNoAttempt(t: CheckContext, event: FixtureEvent): Promise<void> {
  const { attempts } = await t.recording(event)
  if (attempts.length === 0) return
  throw new CheckFailure(`no run of a handler for ${event.type}`, String(attempts.length))
}

function expectNo5xx(t: CheckContext, exchange: Exchange): void {
  const { response, error } = exchange
  if (response === undefined) throw new CheckFailure('an answer', `${error}`)
  if (response.status >= 500) t.expectStatus(exchange, '2xx')
}

import { nested, type Params, parseParams, text } from '../api/params.ts'
import type { LoggedRequest, RequestLog } from '../api/request-log.ts'
import { routes } from '../api/routes.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { authenticate } from '../resources/payment-attempt.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import type { Account } from '../state/account.ts'
import type { Deliveries, Delivery } from '../webhooks/deliveries.ts'

/** What the control endpoints act on. */
export interface Controlled {
  readonly account: Account
  readonly deliveries: Deliveries
  readonly log: RequestLog
  readonly stripeMockUrl: string
}

type Command = (params: Params, controlled: Controlled) => unknown

const NOTICE =
  "A stand-in for Stripe, scripted from Stripe's documentation, in front of stripe-mock. It is not Stripe."

/** Everything under `/_emulator`: what a test or a person asks of the emulator itself. */
const commands: Readonly<Record<string, Command>> = {
  'GET /_emulator': (_, { stripeMockUrl }) => ({
    notice: NOTICE,
    stripeMock: stripeMockUrl,
  }),
  'GET /_emulator/coverage': () => ({
    modelled: routes.map(({ operation }) => operation),
    other: 'validated and answered by stripe-mock, unchanged',
  }),
  'GET /_emulator/requests': (params, { log }) => ({
    requests: log.all().filter(hasParams(nested(params, 'params') ?? {})),
  }),
  'GET /_emulator/deliveries': (params, { deliveries }) =>
    listOf(deliveries.list(text(params, 'object') ?? undefined)),
  'POST /_emulator/deliveries/hold': (_, { deliveries }) => {
    deliveries.hold()
    return { holding: true }
  },
  'POST /_emulator/deliveries/unhold': (_, { deliveries }) => {
    deliveries.unhold()
    return { holding: false }
  },
  'POST /_emulator/deliveries/release': async (params, { deliveries }) =>
    listOf(await deliveries.release(text(params, 'object') ?? undefined)),
  'POST /_emulator/deliveries/resend': async (params, { account, deliveries }) =>
    listOf(
      await deliveries.resend(account.events.get(text(params, 'event') ?? ''), account),
    ),
  'POST /_emulator/authenticate': (params, { account }) => {
    const intent = account.paymentIntents.get(text(params, 'payment_intent') ?? '')
    const outcome = text(params, 'outcome')
    if (outcome !== 'succeed' && outcome !== 'fail') {
      throw invalidRequest('outcome is "succeed" or "fail". To abandon it, do nothing.', {
        param: 'outcome',
      })
    }
    // The buyer's browser does this with the publishable key: there is no idempotency key.
    const request = { id: null, idempotency_key: null }
    authenticate({ account, intent, request }, outcome)
    return intent
  },
}

export async function handleControl(
  { method, path, search, body }: ApiRequest,
  controlled: Controlled,
): Promise<Answer> {
  const command = commands[`${method} ${path.replace(/\/$/, '')}`]
  if (command === undefined) {
    const message = `The emulator has no ${method} ${path}. It has: ${Object.keys(commands).join(', ')}.`
    return jsonAnswer(404, { error: { type: 'invalid_request_error', message } })
  }
  try {
    const params = parseParams(method === 'POST' ? body.toString() : search.slice(1))
    return jsonAnswer(200, await command(params, controlled))
  } catch (error) {
    return errorAnswer(error)
  }
}

/** Requests with these values among their own parameters: `?params[amount]=2000`. */
function hasParams(wanted: Params): (request: LoggedRequest) => boolean {
  return ({ params }) =>
    Object.entries(wanted).every(([name, value]) => params[name] === value)
}

function listOf(deliveries: readonly Delivery[]): unknown {
  return {
    deliveries: deliveries.map(({ id, event, endpoint, attempts, state }) => ({
      id,
      event: event.id,
      type: event.type,
      url: endpoint.url,
      state,
      attempts,
    })),
  }
}

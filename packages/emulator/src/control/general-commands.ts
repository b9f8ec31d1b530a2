import { hasParams, nested, type Params, text } from '../api/params.ts'
import type { LoggedRequest } from '../api/request-log.ts'
import { routes } from '../api/routes.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { NO_REQUEST } from '../events/stripe-event.ts'
import { authenticate } from '../payments/payment-attempt.ts'
import { authenticateSetup } from '../payments/setup-attempt.ts'
import type { Account } from '../state/account.ts'
import { contextOf } from '../state/context.ts'
import { coverage } from '../validation/coverage.ts'
import type { Commands } from './command.ts'

const NOTICE =
  "A stand-in for Stripe, scripted from Stripe's documentation, in front of stripe-mock. It is not Stripe."

const UNCHECKED =
  'The OpenAPI description of this stripe-mock is not at hand: name its binary in STRIPE_MOCK_BINARY. Until then, unknown nested parameters and wrong expand paths are not refused.'

export const generalCommands: Commands = {
  'GET /_emulator': (_, { stripeMockUrl, description: { version } }) => ({
    notice: NOTICE,
    stripeMock: stripeMockUrl,
    description: version ?? null,
    ...(version === undefined && { unchecked: UNCHECKED }),
  }),
  'GET /_emulator/coverage': (_, { description }) => coverage(routes, description),
  'GET /_emulator/state': (_, { account }) => countsOf(account),
  'GET /_emulator/requests': (params, { log }) => ({
    requests: log.all().filter(hasWanted(params)),
  }),
  'POST /_emulator/reset': (_, { reset }) => {
    reset()
    return { reset: true }
  },
  'POST /_emulator/authenticate': (params, { account }) => {
    const outcome = text(params, 'outcome')
    if (outcome !== 'succeed' && outcome !== 'fail') {
      throw invalidRequest('outcome is "succeed" or "fail". To abandon it, do nothing.', {
        param: 'outcome',
      })
    }
    // The buyer's browser does this with the publishable key: there is no idempotency key.
    const contextFor = (customer: string | null) =>
      contextOf({ account, request: NO_REQUEST }, customer)
    const setup = text(params, 'setup_intent')
    if (setup) {
      const intent = account.setupIntents.get(setup, 'setup_intent')
      authenticateSetup({ context: contextFor(intent.customer), intent }, outcome)
      return intent
    }
    const intent = account.paymentIntents.get(text(params, 'payment_intent') ?? '')
    authenticate({ context: contextFor(intent.customer), intent }, outcome)
    return intent
  },
}

/** How many of each kind there are, and how many events there have ever been. */
function countsOf(account: Account): Readonly<Record<string, number>> {
  const { events } = account
  return {
    customers: account.customers.size,
    subscriptions: account.subscriptions.size,
    invoices: account.invoices.size,
    payment_intents: account.paymentIntents.size,
    charges: account.charges.size,
    events: events.size,
    events_made: events.added,
  }
}

/** Requests with these values among their own parameters: `?params[amount]=2000`. */
function hasWanted(query: Params): (request: LoggedRequest) => boolean {
  const wanted = nested(query, 'params') ?? {}
  return ({ params }) => hasParams(params, wanted)
}

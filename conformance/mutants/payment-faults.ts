import { edit, type Mutant } from './mutant.ts'

const APPLICATION = 'conformance/src/harness/application.ts'
const UNLESS_DECLINED =
  'if (!(error instanceof Stripe.errors.StripeCardError)) throw error'

/** What an application makes of a payment whose call goes wrong. */
export const paymentFaultMutants: readonly Mutant[] = [
  {
    id: 'key-of-each-try',
    defect: 'A call that is made again has a new idempotency key',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'host: hostname,',
        "host: hostname,\n      httpClient: Stripe.createFetchHttpClient(((sent: Set<string>) => (url: string, init: { headers: [string, string][] }) => fetch(url, { ...init, headers: init.headers.map(([name, value]) => { if (name !== 'Idempotency-Key') return [name, value]; const isNew = !sent.has(value); sent.add(value); return [name, isNew ? value : crypto.randomUUID()] }) }))(new Set())),",
      ),
    ],
    kills: {
      'expected one payment intent for one order, got two': [
        'cards.idempotency-key-reused',
      ],
      'expected one idempotency key for all tries': [
        'cards.answer-lost',
        'cards.rate-limited',
        'cards.server-error',
      ],
    },
  },
  {
    id: 'rate-limit-told-as-decline',
    defect: 'A rate limit is answered as a decline',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        UNLESS_DECLINED,
        `if (error instanceof Stripe.errors.StripeRateLimitError) return { status: 402, body: { error: { code: 'rate_limit', message: error.message } } }\n      ${UNLESS_DECLINED}`,
      ),
    ],
    kills: {
      'expected an answer to the payment as in protocol 1': ['cards.rate-limited'],
    },
  },
  {
    id: 'paid-anew-after-500',
    defect: "After Stripe's 500 the order is paid under another key",
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        UNLESS_DECLINED,
        `if (error instanceof Stripe.errors.StripeAPIError) return this.pay(owner, { ...request, order: \`\${order} again\` })\n      ${UNLESS_DECLINED}`,
      ),
    ],
    kills: {
      'expected one idempotency key for all tries, got 2': ['cards.server-error'],
    },
  },
  {
    id: 'server-error-told-as-decline',
    defect: "Stripe's 500 is answered as a decline",
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        UNLESS_DECLINED,
        `if (error instanceof Stripe.errors.StripeAPIError) return { status: 402, body: { error: { code: 'api_error', message: error.message } } }\n      ${UNLESS_DECLINED}`,
      ),
    ],
    kills: {
      'expected an answer that the payment is not decided': ['cards.server-error'],
    },
  },
]

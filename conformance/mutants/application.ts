import {
  authenticatedCards,
  authenticatedInVain,
  cardScenarios,
  declinedCards,
  paidCards,
} from './check-groups.ts'
import { edit, type Mutant } from './mutant.ts'

const APPLICATION = 'conformance/src/harness/application.ts'
const SUCCEEDED = "event.type === 'payment_intent.succeeded'"

export const applicationMutants: readonly Mutant[] = [
  {
    id: 'granted-from-response',
    defect: 'Access is granted from the answer to the payment',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'return { status: 200, body: clientPart(intent) }',
        "if (intent.status === 'succeeded') this.#access.set(owner, { access: true, status: intent.status })\n      return { status: 200, body: clientPart(intent) }",
      ),
    ],
    kills: { 'expected no access, got access': ['cards.access-follows-webhook'] },
  },
  {
    id: 'granted-on-requires-action',
    defect: 'Access is granted while the buyer still has to authenticate',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        SUCCEEDED,
        `${SUCCEEDED} || event.type === 'payment_intent.requires_action'`,
      ),
    ],
    kills: {
      'expected no access, got access': [
        'cards.three-d-secure-failed',
        'cards.three-d-secure-abandoned',
        ...authenticatedCards,
        ...authenticatedInVain,
      ],
    },
  },
  {
    id: 'granted-on-any-event',
    defect: 'Access is granted by every event about a payment',
    base: 'express-5',
    apply: [edit(APPLICATION, SUCCEEDED, 'true')],
    kills: {
      'expected no access, got access': [
        ...declinedCards,
        'cards.three-d-secure-failed',
        'cards.three-d-secure-abandoned',
        ...authenticatedCards,
        ...authenticatedInVain,
      ],
    },
  },
  {
    id: 'never-granted',
    defect: 'Access is never granted',
    base: 'express-5',
    apply: [edit(APPLICATION, SUCCEEDED, 'false')],
    kills: {
      'expected access, got none': [
        ...paidCards,
        'cards.three-d-secure-passed',
        ...authenticatedCards,
      ],
    },
  },
  {
    id: 'decline-hidden',
    defect: 'A decline is answered like a success',
    base: 'express-5',
    apply: [edit(APPLICATION, 'status: 402', 'status: 200')],
    kills: { 'expected 402 with the code': declinedCards },
  },
  {
    id: 'no-idempotency-key',
    defect: 'Payments are made without an idempotency key',
    base: 'express-5',
    apply: [edit(APPLICATION, '{ idempotencyKey: `order:${order}:charge` }', '{}')],
    kills: {
      'expected a deliberate idempotency key, got stripe-node-retry-': [
        'cards.idempotency-key-sent',
      ],
      'expected one payment intent for one order, got two': [
        'cards.idempotency-key-reused',
      ],
      'expected one idempotency key for all tries, got 2': ['cards.rate-limited'],
    },
  },
  {
    id: 'random-idempotency-key',
    defect: 'Every try has an idempotency key of its own',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        '`order:${order}:charge`',
        '`order:${order}:${crypto.randomUUID()}`',
      ),
    ],
    kills: {
      'expected one payment intent for one order, got two': [
        'cards.idempotency-key-reused',
      ],
      'expected one idempotency key for all tries, got 2': ['cards.rate-limited'],
    },
  },
  {
    id: 'idempotency-key-of-owner',
    defect: 'All orders of an owner share one idempotency key',
    base: 'express-5',
    apply: [edit(APPLICATION, '`order:${order}:charge`', '`owner:${owner}:charge`')],
    kills: {
      'expected an answer to the payment as in protocol 1': [
        'cards.idempotency-key-new-for-new-order',
      ],
    },
  },
  {
    id: 'metadata-dropped',
    defect: 'Payments do not say whose they are',
    base: 'express-5',
    apply: [
      edit(APPLICATION, 'metadata: { user_id: owner, order }', 'metadata: { order }'),
    ],
    kills: {
      'expected access, got none': [
        ...paidCards,
        'cards.three-d-secure-passed',
        ...authenticatedCards,
      ],
      'in the metadata, got undefined': ['cards.owner-in-metadata'],
    },
  },
  {
    id: 'unknown-parameter',
    defect: 'Payments carry a parameter that Stripe does not know',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'metadata: { user_id: owner, order }',
        'metadata: { user_id: owner, order }, plan: "pro"',
      ),
    ],
    kills: {
      'expected an answer to the payment as in protocol 1': cardScenarios,
      'expected parameters that stripe-mock accepts, got a 400': [
        'cards.parameters-accepted',
      ],
    },
  },
  {
    id: 'version-not-pinned',
    defect: 'Calls do not name an API version',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'host: hostname,',
        "host: hostname,\n      httpClient: Stripe.createFetchHttpClient((url: string, init: { headers: [string, string][] }) => fetch(url, { ...init, headers: init.headers.filter(([name]) => name !== 'Stripe-Version') })),",
      ),
    ],
    kills: { 'expected a Stripe-Version header, got none': ['cards.api-version-pinned'] },
  },
  {
    id: 'secret-in-url',
    defect: 'The secret key is repeated in the URL of a call',
    base: 'express-5',
    apply: [
      edit(
        APPLICATION,
        'stripeSecretKey, mirror }: ApplicationOptions) {',
        'stripeSecretKey, mirror }: ApplicationOptions) {\n    this.look = (id) => fetch(`${stripeApiBase}/v1/payment_intents/${id}?api_key=${stripeSecretKey}`)',
      ),
      edit(
        APPLICATION,
        'return { status: 200, body: clientPart(intent) }',
        'await this.look(intent.id)\n      return { status: 200, body: clientPart(intent) }',
      ),
      edit(
        APPLICATION,
        'readonly #stripe: Stripe',
        'readonly #stripe: Stripe\n  look: (id: string) => Promise<unknown>',
      ),
    ],
    kills: { 'expected no secret in a URL': ['cards.no-secret-in-url'] },
  },
  {
    id: 'whole-application-raw',
    defect: 'The whole application gets raw bodies, so that the webhook gets its bytes',
    base: 'express-5',
    apply: [
      edit(
        'conformance/targets/express/create-express-target.ts',
        'const app = express()',
        "const app = express()\n    app.use((express as unknown as { raw: (options: object) => Handler }).raw({ type: '*/*', limit: '10mb' }))",
      ),
    ],
    kills: {
      'expected the parsed body': ['webhook.http.sibling-keeps-parsed-body'],
      'expected a 4xx for a body that stalls, got no answer': ['webhook.http.slow-body'],
    },
  },
  {
    id: 'mount-point-ignored',
    defect:
      'The adapter compares the path with its own default, whatever it is mounted at',
    base: 'koa-3',
    apply: [
      edit(
        'packages/koa/src/webhook.ts',
        'if (path !== undefined && pathOf(context) !== path) {',
        "if (context.path !== (path ?? '/webhooks/stripe')) {",
      ),
    ],
    kills: { 'expected a 2xx, got 404': ['webhook.http.mount-prefix'] },
  },
]

import { type Emulator, startEmulator } from '@countersign/emulator'
import Stripe from 'stripe'

/** One call that the target made, as the emulator recorded it. */
export interface RecordedCall {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly params: {
    readonly metadata?: Readonly<Record<string, string>>
    readonly [name: string]: unknown
  }
  readonly idempotencyKey: string | null
  readonly stripeVersion: string | null
  readonly status: number
  readonly isReplay: boolean
  readonly isRefusedByStripeMock: boolean
}

/** The Stripe of one target: an emulator in front of stripe-mock, whose webhooks wait until they are released. */
export interface StripeSide {
  readonly apiBase: string
  readonly webhookSecret: string
  /** The suite's own client; it acts as the buyer's browser. */
  readonly client: Stripe
  /** Directs the webhooks to the target. */
  readonly deliverTo: (url: string) => Promise<void>
  /** The webhooks about an object, in the order in which their events were made. */
  readonly deliveries: (objectId: string) => Promise<readonly ReleasedDelivery[]>
  /** Sends an event, whatever has become of its webhook before, and tells the answer. */
  readonly resend: (eventId: string) => Promise<readonly ReleasedDelivery[]>
  /** Delivers what is held about an object, and tells the types of the events and the answers that they got. */
  readonly release: (objectId: string) => Promise<readonly ReleasedDelivery[]>
  /** Passes or fails the 3D Secure of a payment intent. */
  readonly authenticate: (
    paymentIntent: string,
    outcome: 'succeed' | 'fail',
  ) => Promise<void>
  /** Lets time go by at Stripe. What comes of it is held, as everything is. */
  readonly advance: (seconds: number) => Promise<void>
  /** Has something go wrong with the next payment of this amount. */
  readonly disturbPayment: (
    fault: 'answer_lost' | 'rate_limit' | 'server_error',
    amount: number,
  ) => Promise<void>
  /**
   * Has webhooks of these types, and no others, go out by themselves while something is
   * done, and resolves when all are answered. Only for checks that run alone.
   */
  readonly deliverAtOnce: (
    types: readonly Stripe.WebhookEndpointUpdateParams.EnabledEvent[],
    run: () => Promise<void>,
  ) => Promise<void>
  /** Has something happen to the next webhook of this type that goes out by itself. */
  readonly disturbDelivery: (kind: 'duplicate' | 'reorder', type: string) => Promise<void>
  /** The calls so far, or those with these values among their parameters. */
  readonly calls: (
    params?: Readonly<Record<string, string>>,
  ) => Promise<readonly RecordedCall[]>
  readonly stop: () => Promise<void>
}

export interface ReleasedDelivery {
  readonly type: string
  readonly event: string
  readonly state: string
  readonly attempts: readonly { readonly status?: number; readonly error?: string }[]
}

interface Deliveries {
  readonly deliveries: readonly ReleasedDelivery[]
}

/** The key that the suite uses itself, so that its calls can be told from the target's. */
const OWN_KEY = 'sk_test_conformance'

export async function startStripeSide(stripeMockUrl: string): Promise<StripeSide> {
  const emulator = await startEmulator({
    stripeMockUrl,
    retryDelaysMs: [],
    // Nothing happens by itself: what comes when is then the same in every run.
    isFrozen: true,
  })
  const { hostname, port } = new URL(emulator.url)
  const client = new Stripe(OWN_KEY, { host: hostname, port, protocol: 'http' })
  // Made before the target, which is started with its secret; directed to the target later.
  const endpoint = await client.webhookEndpoints.create({
    url: `${emulator.url}/nowhere`,
    enabled_events: ['*'],
  })
  await control(emulator, 'deliveries/hold')
  return {
    apiBase: emulator.url,
    webhookSecret: endpoint.secret ?? '',
    client,
    async deliverTo(url) {
      await client.webhookEndpoints.update(endpoint.id, { url })
    },
    async deliveries(objectId) {
      const response = await fetch(
        `${emulator.url}/_emulator/deliveries?object=${objectId}`,
      )
      return ((await response.json()) as Deliveries).deliveries
    },
    async resend(eventId) {
      const sent = await control(emulator, 'deliveries/resend', { event: eventId })
      return (sent as Deliveries).deliveries
    },
    async release(objectId) {
      const released = await control(emulator, 'deliveries/release', { object: objectId })
      return (released as Deliveries).deliveries
    },
    async authenticate(paymentIntent, outcome) {
      await control(emulator, 'authenticate', { payment_intent: paymentIntent, outcome })
    },
    advance: (seconds) => emulator.clock.advance(seconds),
    async disturbPayment(kind, amount) {
      await control(emulator, 'faults', {
        kind,
        operation: 'POST /v1/payment_intents',
        'params[amount]': String(amount),
      })
    },
    async deliverAtOnce(types, run) {
      const only = (enabled_events: Stripe.WebhookEndpointUpdateParams.EnabledEvent[]) =>
        client.webhookEndpoints.update(endpoint.id, { enabled_events })
      await only([...types])
      await control(emulator, 'deliveries/unhold')
      try {
        await run()
        await control(emulator, 'deliveries/settle')
      } finally {
        await control(emulator, 'deliveries/hold')
        await only(['*'])
      }
    },
    async disturbDelivery(kind, type) {
      await control(emulator, 'faults', { kind, type })
    },
    async calls(params = {}) {
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(params))
        query.set(`params[${name}]`, value)
      const response = await fetch(`${emulator.url}/_emulator/requests?${query}`)
      return ((await response.json()) as { requests: RecordedCall[] }).requests
    },
    stop: emulator.stop,
  }
}

async function control(
  { url }: Emulator,
  path: string,
  params: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(`${url}/_emulator/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  })
  const answer: unknown = await response.json()
  if (!response.ok)
    throw new Error(`the emulator refused ${path}: ${JSON.stringify(answer)}`)
  return answer
}

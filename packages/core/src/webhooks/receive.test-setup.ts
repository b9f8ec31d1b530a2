// A billing on a clock that stands still, and what tests of its receiver send to it.
import { createHmac } from 'node:crypto'
import {
  type BillingOptions,
  createBilling,
  type HandlerContext,
  type Inbound,
  type LogFields,
  type MemoryTransaction,
  memoryStore,
  type Store,
  type StripeEvent,
} from '../index.ts'

export const SECRET = 'whsec_test'
export const NOW = 1_795_507_200_000

export type Context = HandlerContext<MemoryTransaction>

export function eventOf(fields: object = {}): StripeEvent {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: NOW / 1000,
    data: { object: { id: 'in_1', object: 'invoice' } },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type: 'invoice.paid',
    ...fields,
  } as unknown as StripeEvent
}

/** A thin notification about a subscription of the platform's own. */
export function notificationOf(fields: object = {}): object {
  return {
    id: 'evt_test_1',
    object: 'v2.core.event',
    type: 'v1.customer.subscription.active',
    livemode: false,
    created: '2026-11-24T12:00:00.000Z',
    related_object: { id: 'sub_1', type: 'subscription', url: '/v1/subscriptions/sub_1' },
    ...fields,
  }
}

/** A signed request for an event, or for a body of any kind. */
function inboundOf(content: unknown = eventOf(), change: Partial<Inbound> = {}): Inbound {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const timestamp = Math.floor(NOW / 1000)
  const v1 = createHmac('sha256', SECRET).update(`${timestamp}.${text}`).digest('hex')
  const headers: Record<string, string> = {
    'stripe-signature': `t=${timestamp},v1=${v1}`,
  }
  return {
    method: 'POST',
    header: (name) => headers[name],
    readBody: async () => new TextEncoder().encode(text),
    ...change,
  }
}

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: LogFields | undefined
}

/** A billing on a clock that stands still, and everything that it logs. */
export function setUp(options: Partial<BillingOptions<MemoryTransaction>> = {}) {
  const lines: Line[] = []
  const timers = new Map<number, { callback: () => void; delayMs: number }>()
  const log = (level: string) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields })
  }
  const billing = createBilling({
    mode: 'test',
    webhookSecrets: [SECRET],
    store: memoryStore(),
    logger: {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
    },
    random: () => 0.5,
    clock: {
      now: () => NOW,
      setTimeout: (callback, delayMs) => {
        const id = Math.random()
        timers.set(id, { callback, delayMs })
        return id
      },
      clearTimeout: (id) => timers.delete(id as number),
    },
    ...options,
  })
  lines.length = 0
  const receive = async (content?: unknown, change?: Partial<Inbound>) => {
    const reply = await billing.webhooks.receive(inboundOf(content, change))
    return { ...reply, outcome: Object.values(JSON.parse(reply.body))[0] }
  }
  /** Lets all time pass that somebody waits for. */
  const elapse = () => {
    for (const { callback } of timers.values()) callback()
  }
  /** Lets the doctor, who waits for the answer to be out, come to an end. */
  const examined = async () => {
    elapse()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { billing, receive, lines, timers, elapse, examined }
}

/** A store that fails where it is told to. */
export function failingStore(
  ...failing: readonly ('claim' | 'commit' | 'record' | 'release')[]
): Store<MemoryTransaction> & { readonly heal: () => void } {
  const store = memoryStore()
  let isDown = true
  const methods = failing.map((name) => [
    name,
    (...args: never[]) =>
      isDown
        ? Promise.reject(new Error('connection refused'))
        : (store[name] as (...args: never[]) => unknown)(...args),
  ])
  const heal = () => {
    isDown = false
  }
  return { ...store, ...Object.fromEntries(methods), heal }
}

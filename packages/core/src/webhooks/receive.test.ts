import { createHmac } from 'node:crypto'
import Stripe from 'stripe'
import { describe, expect, it, vi } from 'vitest'
import { BillingError } from '../errors/billing-error.ts'
import {
  type BillingOptions,
  createBilling,
  defineHandlers,
  type HandlerContext,
  type Inbound,
  isBillingError,
  type LogFields,
  type MemoryTransaction,
  memoryStore,
  type Reply,
  type Store,
  type StripeEvent,
} from '../index.ts'

const SECRET = 'whsec_test'
const NOW = 1_795_507_200_000

type Context = HandlerContext<MemoryTransaction>

function eventOf(fields: object = {}): StripeEvent {
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
function setUp(options: Partial<BillingOptions<MemoryTransaction>> = {}) {
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
  return { billing, receive, lines, timers, elapse }
}

/** A store that fails where it is told to. */
function failingStore(
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

describe('what is refused before an event is looked at', () => {
  const reading = (
    code: 'body_too_large' | 'body_too_late' | 'body_aborted' | 'body_already_read',
  ) => ({
    readBody: () => Promise.reject(new BillingError(code, `because of ${code}`)),
  })
  it.each<[string, Partial<Inbound>, number, string]>([
    ['GET', { method: 'GET' }, 405, 'method_not_allowed'],
    ['HEAD', { method: 'HEAD' }, 405, 'method_not_allowed'],
    [
      'a compressed body',
      { header: (name) => (name === 'content-encoding' ? 'gzip' : undefined) },
      415,
      'body_encoded',
    ],
    ['a body that is too large', reading('body_too_large'), 413, 'body_too_large'],
    ['a body that comes too late', reading('body_too_late'), 408, 'body_too_late'],
    ['a sender that goes away', reading('body_aborted'), 400, 'body_aborted'],
    [
      'a body that was read before',
      reading('body_already_read'),
      500,
      'body_already_read',
    ],
    [
      'a reader that fails',
      { readBody: () => Promise.reject(new Error('boom')) },
      500,
      'internal_error',
    ],
    ['no signature', { header: () => undefined }, 400, 'signature_invalid'],
    [
      'a malformed signature',
      { header: (name) => (name === 'stripe-signature' ? 'v1=' : undefined) },
      400,
      'signature_invalid',
    ],
  ])('%s', async (_, change, status, outcome) => {
    const onEvent = vi.fn()
    const { receive } = setUp({ onEvent })
    expect(await receive(eventOf(), change)).toMatchObject({ status, outcome })
    expect(onEvent).not.toHaveBeenCalled()
  })

  it.each(['null', '{}', '[', '', '"s"'])('a signed body that is %j', async (text) => {
    const { receive, lines } = setUp({ onEvent: () => {} })
    expect(await receive(text)).toMatchObject({ status: 400, outcome: 'event_invalid' })
    expect(lines).toHaveLength(1)
  })

  it('a thin notification, with a line that says what to choose', async () => {
    const { receive, lines } = setUp({ onEvent: () => {} })
    const thin = { id: 'evt_1', object: 'v2.core.event' }
    expect(await receive(thin)).toMatchObject({
      status: 400,
      outcome: 'thin_notification_unsupported',
    })
    expect(lines[0]?.message).toContain('snapshot')
  })

  it('closes the connection where a body is left on it, and only there', async () => {
    const { receive } = setUp()
    expect(await receive(eventOf(), reading('body_too_large'))).toMatchObject({
      close: true,
    })
    expect(await receive(eventOf(), { method: 'PUT' })).toMatchObject({ close: true })
    expect(await receive('{}')).not.toHaveProperty('close')
  })

  it('names the methods that it allows', async () => {
    const { receive } = setUp()
    expect(await receive(eventOf(), { method: 'PUT' })).toMatchObject({
      headers: { allow: 'POST' },
    })
  })

  it('gives up on a body after its deadline', async () => {
    const { receive, elapse, timers } = setUp({ limits: { bodyTimeoutMs: 7 } })
    const stalled: Partial<Inbound> = {
      readBody: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () =>
            reject(new BillingError('body_too_late', 'late')),
          )
        }),
    }
    const reply = receive(eventOf(), stalled)
    expect([...timers.values()]).toMatchObject([{ delayMs: 7 }])
    elapse()
    expect(await reply).toMatchObject({ status: 408 })
    expect(timers.size).toBe(0)
  })
})

describe('an event', () => {
  it('runs the handler of its type once, and is a duplicate from then on', async () => {
    const paid = vi.fn()
    const created = vi.fn()
    const { receive } = setUp({
      on: { 'invoice.paid': paid, 'invoice.created': created },
    })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
    expect(paid).toHaveBeenCalledTimes(1)
    expect(paid.mock.calls[0]?.[0]).toEqual(eventOf())
    expect(created).not.toHaveBeenCalled()
  })

  it('is ignored when nobody handles its type', async () => {
    const { receive } = setUp({ on: { 'invoice.created': () => {} } })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'ignored' })
    expect(await receive(eventOf({ type: 'never.heard.of' }))).toMatchObject({
      outcome: 'ignored',
    })
  })

  it('of any type reaches onEvent, after the handlers of its type', async () => {
    const order: string[] = []
    const { receive } = setUp({
      on: { 'invoice.paid': () => void order.push('paid') },
      onEvent: ({ type }) => void order.push(type),
    })
    await receive()
    await receive(eventOf({ id: 'evt_2', type: 'never.heard.of' }))
    expect(order).toEqual(['paid', 'invoice.paid', 'never.heard.of'])
  })

  it('that was ignored is run when it comes again and somebody handles it by then', async () => {
    const store = memoryStore()
    const onEvent = vi.fn()
    const before = setUp({ store })
    const after = setUp({ store, onEvent })
    expect(await before.receive()).toMatchObject({ status: 200, outcome: 'ignored' })
    expect(await after.receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(onEvent).toHaveBeenCalledTimes(1)
    expect(await before.receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
  })

  it('is not acknowledged by who has no handler while it runs, or has failed, elsewhere', async () => {
    const store = memoryStore()
    const { promise, reject } = Promise.withResolvers<void>()
    const without = setUp({ store })
    const running = setUp({ store, onEvent: () => promise })
    const reply = running.receive()
    expect(await without.receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    reject(new Error('boom'))
    expect(await reply).toMatchObject({ status: 500 })
    expect(await without.receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    expect(without.lines).toMatchObject([
      { level: 'warn', fields: { eventId: 'evt_1' } },
      { level: 'warn', fields: { eventId: 'evt_1' } },
    ])
  })

  it('of the other mode is recorded and not run', async () => {
    const onEvent = vi.fn()
    const { receive, lines } = setUp({ onEvent })
    expect(await receive(eventOf({ livemode: true }))).toMatchObject({
      status: 200,
      outcome: 'other_mode',
    })
    expect(onEvent).not.toHaveBeenCalled()
    expect(lines).toMatchObject([
      { level: 'warn', fields: { eventId: 'evt_1', livemode: true } },
    ])
  })

  it('tells its handler the attempt, the account and the mode', async () => {
    const contexts: Context[] = []
    const { receive } = setUp({ onEvent: (_, context) => void contexts.push(context) })
    await receive(eventOf({ account: 'acct_1' }))
    await receive()
    expect(contexts).toMatchObject([
      { attempt: 1, account: 'acct_1', livemode: false },
      { attempt: 1, account: undefined, livemode: false },
    ])
  })

  it('that arrives five times at once is run once; the others are told to come later', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = vi.fn(() => promise)
    const { receive } = setUp({ onEvent: handler })
    const replies = [1, 2, 3, 4, 5].map(() => receive())
    await Promise.race(replies)
    resolve()
    const outcomes = (await Promise.all(replies)).map(({ outcome }) => outcome).sort()
    expect(outcomes).toEqual([
      'in_flight',
      'in_flight',
      'in_flight',
      'in_flight',
      'processed',
    ])
    expect(await replies[1]).toMatchObject({
      status: 409,
      headers: { 'retry-after': '3' },
    })
    expect(handler).toHaveBeenCalledTimes(1)
  })
})

describe('a handler that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
    [
      'throws something that is no Error',
      () => {
        throw null
      },
    ],
    [
      'throws an object that cannot be printed',
      () => {
        throw Object.create(null)
      },
    ],
  ] as const)('and %s is answered with a 500, and run again', async (_, fail) => {
    const handler = vi.fn<() => void | Promise<void>>(fail)
    const { receive, lines } = setUp({ onEvent: handler })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines).toMatchObject([
      { level: 'error', fields: { eventId: 'evt_1', attempt: 1 } },
    ])
    handler.mockImplementation(() => {})
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(await receive()).toMatchObject({ outcome: 'duplicate' })
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('shows nothing of its error in the answer', async () => {
    const { receive } = setUp({ onEvent: () => Promise.reject(new Error('db-password')) })
    expect(JSON.stringify(await receive())).not.toContain('db-password')
  })

  it('does not make the groups run again that had finished', async () => {
    const grants = vi.fn(async (_: unknown, { transaction }: Context) => {
      await transaction(() => {})
    })
    const notes = vi.fn()
    const mails = vi.fn(() => Promise.reject(new Error('smtp')))
    const { receive } = setUp({
      on: [
        defineHandlers<MemoryTransaction>('grants', { 'invoice.paid': grants }),
        defineHandlers('notes', { 'invoice.paid': notes }),
        defineHandlers('mails', { 'invoice.paid': mails }),
      ],
    })
    expect(await receive()).toMatchObject({ outcome: 'handler_failed' })
    mails.mockImplementation(() => Promise.resolve() as Promise<never>)
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect([grants, notes, mails].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 2])
  })

  it('and runs too long is answered with a 500, while its signal aborts', async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<AbortSignal>()
    const { receive, elapse } = setUp({
      onEvent: (_, { signal }) => {
        start(signal)
        return new Promise(() => {})
      },
      handlerTimeoutMs: 50,
    })
    const reply = receive()
    const signal = await started
    elapse()
    expect(await reply).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(String(signal.reason)).toContain('handlerTimeoutMs (50)')
  })

  it('and runs too long keeps the event while it still runs, so that nobody starts beside it', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    const handler = vi.fn(() => promise)
    const { receive, elapse, lines } = setUp({ onEvent: handler })
    const reply = receive()
    await vi.waitFor(() => expect(handler).toHaveBeenCalled())
    elapse()
    expect(await reply).toMatchObject({ status: 500 })
    expect(await receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    reject(new Error('gave up'))
    await vi.waitFor(() => expect(lines).toHaveLength(2))
    handler.mockImplementation(() => Promise.resolve())
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('and ends well after it ran too long is not run again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = vi.fn(async (_: unknown, { transaction }: Context) => {
      await promise
      await transaction(() => {})
    })
    const { receive, elapse } = setUp({ onEvent: handler })
    const reply = receive()
    await vi.waitFor(() => expect(handler).toHaveBeenCalled())
    elapse()
    expect(await reply).toMatchObject({ status: 500 })
    resolve()
    await vi.waitFor(async () =>
      expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' }),
    )
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('is told to stop before its lease ends, also when the claim took long', async () => {
    const leases: number[] = []
    let now = NOW
    const store = memoryStore()
    const { receive, timers } = setUp({
      handlerTimeoutMs: 50,
      clock: {
        now: () => now,
        setTimeout: (callback, delayMs) => {
          timers.set(timers.size, { callback, delayMs })
          return timers.size - 1
        },
        clearTimeout: () => {},
      },
      store: {
        ...store,
        claim: async (delivery, options) => {
          leases.push(options.leaseMs)
          now += 20
          return store.claim(delivery, options)
        },
      },
      onEvent: () => {},
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect([...timers.values()].at(-1)).toMatchObject({ delayMs: 30 })
    expect(leases[0]).toBeGreaterThan(50)
  })
})

describe('context.transaction and context.effect', () => {
  it('commit together: what is done in one event is not done in a second one about the same change', async () => {
    const granted: string[] = []
    const { receive } = setUp({
      on: {
        'invoice.paid': async (event, context) => {
          await context.transaction(() => {
            if (context.effect(`invoice ${event.data.object.id}`)) granted.push(event.id)
          })
        },
      },
    })
    await receive(eventOf({ id: 'evt_1' }))
    await receive(eventOf({ id: 'evt_2' }))
    expect(granted).toEqual(['evt_1'])
  })

  it('give the handler what its callback returned', async () => {
    let value: number | undefined
    const { receive } = setUp({
      onEvent: async (_, { transaction }) => {
        value = await transaction(() => 42)
      },
    })
    await receive()
    expect(value).toBe(42)
  })

  it('keep nothing when the callback throws, and the error is its own', async () => {
    const errors: unknown[] = []
    const { receive } = setUp({
      onEvent: async (_, context) => {
        const work = (fails: boolean) => () => {
          const isNew = context.effect('key')
          if (fails) throw new Error('constraint')
          return isNew
        }
        await context.transaction(work(true)).catch((error) => errors.push(error))
        expect(await context.transaction(work(false))).toBe(true)
      },
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect(errors).toMatchObject([{ message: 'constraint' }])
  })

  it('refuse an effect outside of a transaction', async () => {
    const errors: unknown[] = []
    const attempt = (context: Context) => {
      try {
        context.effect('key')
      } catch (error) {
        errors.push(error)
      }
    }
    const { receive } = setUp({
      onEvent: async (_, context) => {
        attempt(context)
        await context.transaction(() => {})
        attempt(context)
      },
    })
    await receive()
    expect(errors).toMatchObject([
      { code: 'effect_outside_transaction' },
      { code: 'effect_outside_transaction' },
    ])
    expect(errors.every(isBillingError)).toBe(true)
  })

  it('refuse a second transaction after the first has committed', async () => {
    const { receive, lines } = setUp({
      onEvent: async (_, { transaction }) => {
        await transaction(() => {})
        await transaction(() => {})
      },
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect(lines).toMatchObject([
      { level: 'error', fields: { error: { code: 'transaction_closed' } } },
    ])
  })

  it('are final: what throws afterwards is logged and not retried', async () => {
    const handler = vi.fn(async (_: unknown, { transaction }: Context) => {
      await transaction(() => {})
      throw new Error('too late')
    })
    const { receive, lines } = setUp({ onEvent: handler })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(lines[0]?.message).toContain('after its transaction had committed')
    expect(await receive()).toMatchObject({ outcome: 'duplicate' })
  })

  it('are waited for when a handler forgot to, and what they fail with is not lost', async () => {
    const store = memoryStore()
    let isBroken = true
    const written: string[] = []
    const { receive, lines } = setUp({
      store: {
        ...store,
        commit: async (lease, mark, work) => {
          await new Promise(setImmediate)
          return store.commit(lease, mark, work)
        },
      },
      onEvent: (event, { transaction }) => {
        transaction(() => {
          if (isBroken) throw new Error('constraint')
          written.push(event.id)
        })
      },
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines).toMatchObject([{ fields: { error: { message: 'constraint' } } }])
    isBroken = false
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(written).toEqual(['evt_1'])
  })

  it('refuse a callback that awaits, when the store cannot, and count nothing of it', async () => {
    const asynchronous = async () => {}
    const { receive, lines } = setUp({
      onEvent: (_, { transaction }) => transaction(asynchronous as unknown as () => void),
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines).toMatchObject([
      { fields: { error: { code: 'transaction_asynchronous' } } },
    ])
  })

  it('commit nothing for a handler whose lease was taken over', async () => {
    const written: string[] = []
    let now = NOW
    const { receive } = setUp({
      clock: { now: () => now, setTimeout: () => 0, clearTimeout: () => {} },
      handlerTimeoutMs: 100_000,
      onEvent: async (_, context) => {
        const { attempt } = context
        if (attempt === 1) {
          now += 200_000
          expect(await receive()).toMatchObject({ outcome: 'processed' })
        }
        await context.transaction(() => void written.push(`attempt ${attempt}`))
      },
    })
    expect(await receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    expect(written).toEqual(['attempt 2'])
  })
})

describe('a store that is down', () => {
  it.each(['claim', 'commit'] as const)(
    'at %s is a 503, and nothing is lost',
    async (method) => {
      const store = failingStore(method)
      const handler = vi.fn()
      const { receive, lines } = setUp({ store, onEvent: handler })
      const reply: Reply = await receive()
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '3' } })
      expect(lines[0]?.level).toBe('error')
      store.heal()
      expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    },
  )

  it('while an ignored event is recorded is a 503 too', async () => {
    const { receive } = setUp({ store: failingStore('record') })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
  })

  it('when a failed event is handed back is a 503 too', async () => {
    const { receive } = setUp({
      store: failingStore('release'),
      onEvent: () => Promise.reject(new Error('boom')),
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
  })

  it('inside of a transaction is told apart from a handler that fails', async () => {
    const store = failingStore('commit')
    const { receive } = setUp({
      store,
      onEvent: (_, { transaction }) => transaction(() => {}),
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
    store.heal()
    expect(await receive()).toMatchObject({ outcome: 'processed' })
  })
})

describe('the API version', () => {
  const stripe = new Stripe('sk_test_unused')
  const train = String(stripe.getApiField('version')).split('.')[1]

  it('of another train is warned of once', async () => {
    const { receive, lines } = setUp({ stripe })
    await receive(eventOf({ api_version: `2026-01-01.${train}` }))
    expect(lines).toEqual([])
    for (const api_version of [null, undefined, ''])
      await receive(eventOf({ api_version }))
    expect(lines).toEqual([])
    await receive(eventOf({ api_version: '2025-02-24.acacia' }))
    await receive(eventOf({ api_version: '2024-06-20' }))
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('2025-02-24.acacia'),
    ])
  })

  it("is nobody's business without a client to compare it with", async () => {
    const { receive, lines } = setUp()
    await receive(eventOf({ api_version: '2025-02-24.acacia' }))
    expect(lines).toEqual([])
  })
})

describe('what is logged', () => {
  it('never holds a secret, a signature or a payload', async () => {
    const { receive, lines } = setUp({ onEvent: () => Promise.reject(new Error('boom')) })
    const secretive = eventOf({
      data: { object: { id: 'in_1', email: 'ada@example.com' } },
    })
    await receive(secretive)
    await receive(secretive, {
      header: (name) => (name === 'stripe-signature' ? 't=1,v1=feed' : undefined),
    })
    await receive('{"email":"ada@example.com"')
    await receive({ ...secretive, livemode: true })
    const logged = JSON.stringify(lines)
    expect(lines.length).toBeGreaterThanOrEqual(4)
    for (const secret of [SECRET, 'feed', 'ada@example.com'])
      expect(logged).not.toContain(secret)
  })
})

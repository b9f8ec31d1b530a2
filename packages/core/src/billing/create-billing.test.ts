import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type AsyncTransaction,
  type BillingOptions,
  createBilling,
  defineHandlers,
  isBillingError,
  type MemoryTransaction,
  memoryStore,
  type Store,
} from '../index.ts'

type Options = BillingOptions<MemoryTransaction>

const valid: Options = {
  mode: 'test',
  webhookSecrets: ['whsec_Zm9vYmFy'],
  store: memoryStore(),
}

function errorOf(change: object): unknown {
  try {
    createBilling({ ...valid, ...change })
  } catch (error) {
    return error
  }
  return expect.fail('it was accepted')
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('createBilling', () => {
  it('refuses to be called without options', () => {
    expect(() => createBilling(undefined as never)).toThrow(/without options/)
  })

  it('takes a store that has more members, and knows its transactions', async () => {
    const store = { ...memoryStore(), close() {} }
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: ['whsec_1'],
      store,
      onEvent: (_, context) =>
        context.transaction((tx: undefined) => [
          tx,
          context.effect('key') satisfies boolean,
        ]),
    })
    expect(billing.store).toBe(store)
    interface PgStore
      extends Store<AsyncTransaction<{ query: (sql: string) => Promise<void> }>> {
      readonly close: () => Promise<void>
    }
    const compiles = (pg: PgStore) =>
      createBilling({
        mode: 'test',
        webhookSecrets: ['whsec_1'],
        store: pg,
        onEvent: (_, context) =>
          context.transaction(async (tx) => {
            if (await context.effect('key')) await tx.query('insert')
          }),
      })
    expect(compiles).toBeTypeOf('function')
  })

  it('takes the key of an organization, which does not say its mode', () => {
    const stripe = { secretKey: 'sk_org_1234567890' }
    expect(createBilling({ ...valid, stripe })).toMatchObject({ mode: 'test' })
  })

  it('takes the least that it needs', () => {
    expect(createBilling(valid)).toMatchObject({ mode: 'test' })
  })

  it.each<[string, object, RegExp]>([
    ['no mode', { mode: undefined }, /mode: 'test'/],
    ['a mode that cannot be printed', { mode: 1n }, /mode is bigint/],
    ['a clock without timers', { clock: { now: () => 0 } }, /clock lacks/],
    ['a random that is none', { random: 5 }, /random is not a function/],
    [
      'a list of secrets with a hole',
      { webhookSecrets: new Array(1) },
      /\[0\] is undefined/,
    ],
    [
      'nothing in place of a group',
      { on: [null] },
      /each group of handlers needs a name/,
    ],
    [
      'a group without handlers',
      { on: [{ name: 'a' }] },
      /handlers of "a" are no plain object/,
    ],
    [
      'handlers in a Map',
      { on: new Map([['invoice.paid', () => {}]]) },
      /no plain object/,
    ],
    [
      'handlers in a class',
      {
        on: new (class {
          paid() {}
        })(),
      },
      /no plain object/,
    ],
    ['another mode', { mode: 'production' }, /"production".*mode: 'test'/],
    ['no store', { store: undefined }, /store is missing.*memoryStore\(\)/],
    ['something that is no store', { store: {} }, /store is missing/],
    [
      'a store that lacks a method',
      { store: { ...memoryStore(), release: undefined } },
      /lacks one of the methods of Store/,
    ],
    ['a logger that lacks a method', { logger: { warn: () => {} } }, /logger: console/],
    ['a key in place of a client', { stripe: 'sk_test_1234567890' }, /new Stripe\(key\)/],
    ['no client', { stripe: null }, /new Stripe\(key\)/],
    ['a handler in place of a map', { on: () => {} }, /on is no map of handlers/],
    ['something that is no handler', { onEvent: {} }, /onEvent is not a function/],
    ['a secret outside of a list', { webhookSecrets: 'whsec_1' }, /is no list/],
    ['no secrets', { webhookSecrets: undefined }, /webhookSecrets is no list/],
    ['an empty list of secrets', { webhookSecrets: [] }, /STRIPE_WEBHOOK_SECRET/],
    [
      'a variable that is not set',
      { webhookSecrets: [undefined] },
      /webhookSecrets\[0\] is undefined/,
    ],
    [
      'an empty secret',
      { webhookSecrets: ['whsec_1', ''] },
      /webhookSecrets\[1\] is blank/,
    ],
    ['a blank secret', { webhookSecrets: [' \n'] }, /is blank/],
    ['a secret with a line break', { webhookSecrets: ['whsec_1\n'] }, /white space/],
    [
      'a secret key in place of a secret',
      { webhookSecrets: ['sk_test_1234567890'] },
      /API key \(sk_…\).*whsec_/,
    ],
    [
      'a publishable key in place of a secret',
      { webhookSecrets: ['pk_live_1234567890'] },
      /API key \(pk_…\)/,
    ],
    [
      'something else in place of a secret',
      { webhookSecrets: ['secret'] },
      /does not start with whsec_/,
    ],
    [
      'the placeholder of an example',
      { webhookSecrets: ['whsec_…'] },
      /a placeholder was left in/,
    ],
    ['dots', { webhookSecrets: ['whsec_...'] }, /a placeholder was left in/],
    ['a secret that ends where it begins', { webhookSecrets: ['whsec_'] }, /ends after/],
    [
      'a secret with a variable that was not set in it',
      { webhookSecrets: [`whsec_${undefined}`] },
      /ends after whsec_, or in "undefined"/,
    ],
    [
      'a live key in test mode',
      { stripe: { secretKey: 'sk_live_1234567890' } },
      /mode is "test".*live key/,
    ],
    [
      'a test key in live mode',
      { mode: 'live', stripe: { secretKey: 'rk_test_1234567890' } },
      /mode is "live".*test key/,
    ],
    [
      'a key that is not set',
      { stripe: { secretKey: undefined } },
      /starts with sk_test_/,
    ],
    [
      'a publishable key',
      { stripe: { secretKey: 'pk_test_1234567890' } },
      /starts with sk_test_/,
    ],
    ['a tolerance of zero', { toleranceSeconds: 0 }, /toleranceSeconds is 0/],
    ['a negative tolerance', { toleranceSeconds: -1 }, /toleranceSeconds is -1/],
    [
      'a tolerance that is no number',
      { toleranceSeconds: Number.NaN },
      /toleranceSeconds is NaN/,
    ],
    [
      'a limit without a bound',
      { limits: { bodyBytes: Number.POSITIVE_INFINITY } },
      /limits.bodyBytes/,
    ],
    [
      'a timeout for which timers are too short',
      { handlerTimeoutMs: 2 ** 31 },
      /at most 2147483647/,
    ],
    ['a timeout of zero', { handlerTimeoutMs: 0 }, /handlerTimeoutMs is 0/],
    [
      'a handler that is no function',
      { on: { 'invoice.paid': 'grant' } },
      /"invoice.paid" is not a function/,
    ],
    [
      'two groups of one name',
      { on: [defineHandlers('a', {}), defineHandlers('a', {})] },
      /"a" is missing, taken/,
    ],
    ['a group without a name', { on: [{ handlers: {} }] }, /defineHandlers\('grants'/],
    ['a group called onEvent', { on: [defineHandlers('onEvent', {})] }, /"onEvent"/],
  ])('refuses %s, and says what to do', (_, change, message) => {
    vi.stubEnv('NODE_ENV', '')
    const error = errorOf(change)
    expect(isBillingError(error)).toBe(true)
    expect(error).toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringMatching(message),
    })
    expect(String(error)).not.toContain('1234567890')
  })

  it.each(['development', 'test'])(
    'refuses live mode while NODE_ENV is %s',
    (environment) => {
      vi.stubEnv('NODE_ENV', environment)
      expect(errorOf({ mode: 'live' })).toMatchObject({
        code: 'configuration_invalid',
        message: expect.stringContaining('allowLiveOutsideProduction: true'),
      })
      for (const allowLiveOutsideProduction of ['false', 'true', 1])
        expect(errorOf({ mode: 'live', allowLiveOutsideProduction })).toBeDefined()
      const allowed = {
        ...valid,
        mode: 'live',
        allowLiveOutsideProduction: true,
      } as const
      expect(createBilling(allowed)).toMatchObject({ mode: 'live' })
    },
  )

  it.each(['production', ''])('takes live mode while NODE_ENV is "%s"', (environment) => {
    vi.stubEnv('NODE_ENV', environment)
    expect(createBilling({ ...valid, mode: 'live' })).toMatchObject({ mode: 'live' })
  })

  it('warns of test mode in production, and of a store that forgets', () => {
    vi.stubEnv('NODE_ENV', 'production')
    const warnings: string[] = []
    const log = () => {}
    const logger = {
      debug: log,
      info: log,
      error: log,
      warn: (line: string) => void warnings.push(line),
    }
    createBilling({ ...valid, logger })
    expect(warnings).toEqual([
      expect.stringContaining('no real payment'),
      expect.stringContaining('in memory'),
    ])
  })

  it('changes nothing that it is given', () => {
    const options = {
      ...valid,
      on: Object.freeze({ 'invoice.paid': () => {} }),
      webhookSecrets: Object.freeze(['whsec_1']),
      limits: Object.freeze({}),
    }
    expect(() => createBilling(Object.freeze(options))).not.toThrow()
  })
})

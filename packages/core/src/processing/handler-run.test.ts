import { describe, expect, it, vi } from 'vitest'
import { isBillingError, memoryStore } from '../index.ts'
import { type Context, eventOf, NOW, setUp } from '../webhooks/receive.test-setup.ts'

const fail = () => {
  throw new Error('constraint')
}

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

  it.each<[string, (transaction: Context['transaction']) => unknown]>([
    [
      'went on with it when it succeeds',
      (transaction) => {
        transaction(fail)
          .then(() => {})
          .catch(() => {})
      },
    ],
    [
      'left it to a function of its own',
      (transaction) => {
        const helper = async () => {
          await transaction(fail)
        }
        helper().catch(() => {})
      },
    ],
    [
      'looked away when it failed, and waited for something else',
      async (transaction) => {
        transaction(fail)
        await new Promise(setImmediate)
      },
    ],
  ])('are not lost when a handler did not wait and %s', async (_, handle) => {
    const { receive } = setUp({
      onEvent: (_event, context) => handle(context.transaction),
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
  })

  it.each<[string, (transaction: Context['transaction']) => unknown]>([
    ['at once', (transaction) => transaction(fail).catch(() => {})],
    [
      'at the end of a chain',
      (transaction) =>
        transaction(fail)
          .then(() => {})
          .catch(() => {}),
    ],
  ])(
    'may fail when the handler waits and decides %s that this is well',
    async (_, handle) => {
      const { receive } = setUp({
        onEvent: (_event, context) => handle(context.transaction),
      })
      expect(await receive()).toMatchObject({ outcome: 'processed' })
    },
  )

  it('commit nothing for a half of a handler whose other half has failed', async () => {
    const granted: number[] = []
    const { promise: failed, resolve } = Promise.withResolvers<void>()
    const { receive, lines } = setUp({
      onEvent: (_, { attempt, transaction }) =>
        Promise.all([
          attempt === 1 ? Promise.reject(new Error('provision')) : undefined,
          (async () => {
            if (attempt === 1) await failed
            await transaction(() => void granted.push(attempt))
          })(),
        ]),
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    resolve()
    await new Promise(setImmediate)
    expect(granted).toEqual([])
    expect(lines.at(-1)?.message).toContain('after its handler had ended')
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(granted).toEqual([2])
  })

  it('cannot begin once the handler has ended, and say so', async () => {
    const { promise, resolve } = Promise.withResolvers<Context>()
    const { receive, lines } = setUp({ onEvent: (_, context) => resolve(context) })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    const { transaction } = await promise
    await expect(transaction(() => {})).rejects.toMatchObject({
      code: 'transaction_closed',
    })
    expect(lines).toMatchObject([{ level: 'error', fields: { eventId: 'evt_1' } }])
  })

  it('commit nothing when one is opened inside another', async () => {
    const written: string[] = []
    const { receive, lines } = setUp({
      onEvent: (_, { transaction }) =>
        transaction(() => {
          transaction(() => void written.push('inner')).catch(() => {})
        }),
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(written).toEqual([])
    expect(lines).toMatchObject([{ fields: { error: { code: 'transaction_closed' } } }])
  })

  it('tell of a second one that was lost beside the first', async () => {
    const written: string[] = []
    const { receive, lines } = setUp({
      onEvent: (_, { transaction }) => {
        transaction(() => void written.push('first'))
        transaction(() => void written.push('second'))
      },
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect(written).toEqual(['first'])
    expect(lines).toMatchObject([
      { level: 'error', fields: { error: { code: 'transaction_closed' } } },
    ])
  })

  it.each([undefined, '', {}, 5])(
    'refuse the effect %j, which other events would share',
    async (key) => {
      const { receive, lines } = setUp({
        onEvent: (_, { transaction, effect }) => transaction(() => effect(key as string)),
      })
      expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
      expect(lines).toMatchObject([{ fields: { error: { code: 'effect_key_invalid' } } }])
    },
  )

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

  it('are not begun again after the store has failed, for it may have committed', async () => {
    const written: string[] = []
    const inner = memoryStore()
    let cuts = 1
    const { receive } = setUp({
      store: {
        ...inner,
        commit: async (lease, mark, work) => {
          const result = await inner.commit(lease, mark, work)
          cuts -= 1
          if (cuts === 0) throw new Error('the connection was cut')
          return result
        },
      },
      on: {
        'invoice.paid': async (event, context) => {
          const commit = () => context.transaction(() => void written.push(event.id))
          await commit().catch(commit)
        },
      },
      onEvent: () => {},
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(written).toEqual(['evt_1'])
  })
})

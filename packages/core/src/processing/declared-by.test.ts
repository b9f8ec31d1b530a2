import { describe, expect, it, vi } from 'vitest'
import { type BillingOptions, type MemoryTransaction, memoryStore } from '../index.ts'
import { eventOf, setUp } from '../webhooks/receive.test-setup.ts'

const grants = {
  'invoice.paid': {
    declare: (event: {
      readonly data: { readonly object: { readonly id?: string } }
    }) => ({
      effect: `${event.data.object.id}: granted`,
      send: [{ topic: 'mail', key: `mail for ${event.data.object.id}`, payload: null }],
    }),
  },
}

function declaring(options: Partial<BillingOptions<MemoryTransaction>> = {}) {
  const inner = memoryStore()
  const used: string[] = []
  const spied = (name: 'claim' | 'claimAndCommit' | 'commit') => ({
    [name]: (...args: never[]) => {
      used.push(name)
      return (inner[name] as (...args: never[]) => unknown)(...args)
    },
  })
  const store = {
    ...inner,
    ...spied('claim'),
    ...spied('claimAndCommit'),
    ...spied('commit'),
  }
  const send = vi.fn()
  const set = setUp({ on: grants, outbox: { mail: send }, store, ...options })
  const drain = () => set.billing.worker.drain({ budgetMs: 1_000 })
  return { ...set, used, send, drain }
}

describe('a handler that declares its effects', () => {
  it('has the store commit the event and all of it in one call', async () => {
    const { receive, used, send, drain } = declaring()
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(used).toEqual(['claimAndCommit'])
    await drain()
    expect(send).toHaveBeenCalledTimes(1)
    expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
  })

  it('acts once for one effect, across event ids', async () => {
    const { receive, send, drain } = declaring()
    await receive()
    expect(await receive(eventOf({ id: 'evt_2' }))).toMatchObject({
      outcome: 'processed',
    })
    await drain()
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('is told the account, the mode and the endpoint', async () => {
    const declare = vi.fn(() => undefined)
    const { receive } = declaring({ on: { 'invoice.paid': { declare } } })
    await receive(eventOf({ account: 'acct_1' }))
    expect(declare.mock.calls[0]).toEqual([
      eventOf({ account: 'acct_1' }),
      { account: 'acct_1', livemode: false, endpoint: undefined },
    ])
  })

  it('commits on its own, in order, beside handlers that run something', async () => {
    const order: string[] = []
    const { receive, used } = declaring({
      on: [
        {
          name: 'declares',
          handlers: {
            'invoice.paid': {
              declare: () => {
                order.push('declares')
                return [{ effect: 'one' }, { effect: 'two' }]
              },
            },
          },
        },
      ],
      onEvent: (_, context) =>
        context.transaction(() => {
          order.push(`one is new: ${context.effect('one')}`)
        }),
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect(order.slice(-2)).toEqual(['declares', 'one is new: false'])
    expect(used).toEqual(['claim', 'commit', 'commit'])
  })

  it('works for an event that a worker runs', async () => {
    const { receive, send, drain } = declaring({ processing: 'durable' })
    expect(await receive()).toMatchObject({ outcome: 'stored' })
    expect(await drain()).toMatchObject({ events: { done: 1 }, messages: { done: 1 } })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('that throws fails the event, which is tried again', async () => {
    let fails = true
    const { receive, lines } = declaring({
      on: {
        'invoice.paid': {
          declare: () => {
            if (fails) throw new Error('boom')
            return { effect: 'one' }
          },
        },
      },
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines[0]?.fields).toMatchObject({ attempt: 1 })
    fails = false
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
  })

  it.each([
    ['an effect without a key', { effect: '' }, 'effect_key_invalid'],
    ['no effect at all', {} as { effect: string }, 'effect_key_invalid'],
    [
      'a message without a key',
      { effect: 'one', send: [{ topic: 'mail', key: '', payload: 1 }] },
      'outbox_message_invalid',
    ],
  ])('must not declare %s', async (_, declared, code) => {
    const { receive, lines } = declaring({
      on: { 'invoice.paid': { declare: () => declared } },
    })
    expect(await receive()).toMatchObject({ status: 500 })
    expect(lines[0]?.fields?.error).toMatchObject({ code })
  })
})

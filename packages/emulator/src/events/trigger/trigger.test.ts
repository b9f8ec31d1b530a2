import type Stripe from 'stripe'
import { afterEach, describe, expect, it } from 'vitest'
import { control, emulator, stripe } from '../../emulator.test-setup.ts'
import { EVENT_TYPES } from '../event-types.ts'
import { fixturePathOf } from './fixture-paths.ts'
import { SCENARIOS } from './scenarios.ts'

afterEach(() => emulator.reset())

interface Made {
  readonly event: string
  readonly type: string
  readonly made: string
}

async function trigger(type: string): Promise<Made> {
  return (await control('events/trigger', { type })) as Made
}

describe('an event on request', () => {
  it.each(Object.keys(SCENARIOS).sort())('%s really happens', async (type) => {
    const made = await trigger(type)
    expect(made).toMatchObject({ type, made: 'really' })
    expect(await stripe.events.retrieve(made.event)).toMatchObject({ type })
  })

  const fixtures = [...EVENT_TYPES].filter(
    (type) => SCENARIOS[type] === undefined && fixturePathOf(type) !== undefined,
  )
  it("has stripe-mock's object, of all other types that it has one for", async () => {
    const objects = new Map<string, string>()
    for (const type of fixtures) {
      const made = await trigger(type)
      expect(made).toMatchObject({ type, made: "from stripe-mock's fixture" })
      const event: Stripe.Event = await stripe.events.retrieve(made.event)
      objects.set(type, (event.data.object as { object: string }).object)
    }
    expect(objects.get('account.updated')).toBe('account')
    expect(objects.get('charge.refund.updated') ?? 'refund').toBe('refund')
    expect(objects.get('customer.discount.created')).toBe('discount')
    expect(objects.get('treasury.received_debit.created')).toBe('treasury.received_debit')
  })

  it('is refused when nobody has its object', async () => {
    const types = [...EVENT_TYPES].filter(
      (type) => SCENARIOS[type] === undefined && fixturePathOf(type) === undefined,
    )
    expect(new Set(types.map((type) => type.split('.').slice(0, 2).join('.')))).toEqual(
      new Set([
        'account.application',
        'apps.install',
        'billing.alert',
        'billing_portal.session',
        'entitlements.active_entitlement_summary',
        'financial_connections.authorization',
        'reserve.hold',
        'reserve.plan',
        'reserve.release',
        'three_d_secure.authentication',
      ]),
    )
    expect(await trigger('reserve.hold.created')).toMatchObject({
      error: { param: 'type' },
    })
    expect(await trigger('invoice.eaten')).toMatchObject({ error: { param: 'type' } })
  })
})

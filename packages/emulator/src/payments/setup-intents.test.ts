import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  clientOf,
  control,
  emulator,
  errorOf,
  stripe,
} from '../emulator.test-setup.ts'

async function eventTypes(id: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  return data
    .filter(({ data: { object } }) => (object as { id?: string }).id === id)
    .map(({ type }) => type)
    .reverse()
}

async function setUp(
  card: string,
  params: Partial<Stripe.SetupIntentCreateParams> = {},
): Promise<Stripe.SetupIntent> {
  const payment_method = card.startsWith('pm_') ? card : await cardByNumber(card)
  return stripe.setupIntents.create({ payment_method, confirm: true, ...params })
}

describe('setup intents', () => {
  it.each(['pm_card_visa', '4242424242424242'])(
    '%s is set up and attached',
    async (card) => {
      const customer = (await stripe.customers.create()).id
      const intent = await setUp(card, { customer, metadata: { a: '1' } })
      expect(intent).toMatchObject({
        status: 'succeeded',
        usage: 'off_session',
        metadata: { a: '1' },
        last_setup_error: null,
      })
      const kept = await stripe.paymentMethods.retrieve(String(intent.payment_method))
      expect(kept.customer).toBe(customer)
      expect(await eventTypes(intent.id)).toEqual([
        'setup_intent.created',
        'setup_intent.succeeded',
      ])
      expect(await eventTypes(kept.id)).toEqual(['payment_method.attached'])
      const attempts = await stripe.setupAttempts.list({ setup_intent: intent.id })
      expect(attempts.data).toMatchObject([
        { id: intent.latest_attempt, status: 'succeeded', payment_method: kept.id },
      ])
    },
  )

  it.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
    ],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['4000008400001280', 'card_declined', 'generic_decline'],
  ])('%s is declined with %s, %s', async (card, code, declineCode) => {
    const customer = (await stripe.customers.create()).id
    const error = await errorOf(setUp(card, { customer }))
    expect(error).toMatchObject({
      statusCode: 402,
      code,
      setup_intent: { status: 'requires_payment_method' },
    })
    expect(error.decline_code).toBe(declineCode ?? '')
    const { id } = (error as unknown as { setup_intent: Stripe.SetupIntent }).setup_intent
    const intent = await stripe.setupIntents.retrieve(id, { expand: ['latest_attempt'] })
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { code, payment_method: { object: 'payment_method' } },
      latest_attempt: { status: 'failed', setup_error: { code } },
    })
    expect(await eventTypes(id)).toEqual([
      'setup_intent.created',
      'setup_intent.setup_failed',
    ])
    const retried = await stripe.setupIntents.confirm(id, {
      payment_method: 'pm_card_visa',
    })
    expect(retried.status).toBe('succeeded')
  })

  it('of the card that fails later succeeds', async () => {
    const customer = (await stripe.customers.create()).id
    expect((await setUp('4000000000000341', { customer })).status).toBe('succeeded')
  })

  it.each(['succeed', 'fail'] as const)(
    'asks for 3D Secure, which may %s',
    async (outcome) => {
      const customer = (await stripe.customers.create()).id
      const return_url = 'https://example.com/back'
      const { id, ...asked } = await setUp('pm_card_authenticationRequiredOnSetup', {
        customer,
        return_url,
      })
      expect(asked).toMatchObject({
        status: 'requires_action',
        next_action: {
          type: 'redirect_to_url',
          redirect_to_url: { return_url, url: `${emulator.url}/3ds/${id}` },
        },
      })
      await control('authenticate', { setup_intent: id, outcome })
      const intent = await stripe.setupIntents.retrieve(id, {
        expand: ['latest_attempt'],
      })
      const attached = await stripe.customers.listPaymentMethods(customer)
      const types = await eventTypes(id)
      if (outcome === 'succeed') {
        expect(intent).toMatchObject({
          status: 'succeeded',
          next_action: null,
          latest_attempt: {
            status: 'succeeded',
            payment_method_details: {
              card: { three_d_secure: { result: 'authenticated' } },
            },
          },
        })
        expect(attached.data).toHaveLength(1)
      } else {
        expect(intent).toMatchObject({
          status: 'requires_payment_method',
          last_setup_error: { code: 'setup_intent_authentication_failure' },
          latest_attempt: { status: 'failed' },
        })
        expect(attached.data).toEqual([])
      }
      expect(types).toEqual([
        'setup_intent.created',
        'setup_intent.requires_action',
        outcome === 'succeed' ? 'setup_intent.succeeded' : 'setup_intent.setup_failed',
      ])
    },
  )

  it('are updated, and canceled once', async () => {
    const { id } = await stripe.setupIntents.create({ usage: 'on_session' })
    const updated = await stripe.setupIntents.update(id, {
      description: 'Later',
      payment_method: 'pm_card_visa',
    })
    expect(updated).toMatchObject({
      status: 'requires_confirmation',
      description: 'Later',
      usage: 'on_session',
    })
    const canceled = await stripe.setupIntents.cancel(id, {
      cancellation_reason: 'abandoned',
    })
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    })
    expect(await eventTypes(id)).toEqual([
      'setup_intent.created',
      'setup_intent.canceled',
    ])
    for (const again of [
      () => stripe.setupIntents.cancel(id),
      () => stripe.setupIntents.confirm(id),
      () => stripe.setupIntents.update(id, { description: 'x' }),
    ])
      expect(await errorOf(again())).toMatchObject({
        code: 'setup_intent_unexpected_state',
      })
  })

  it('refuse to be confirmed without a payment method, and make nothing', async () => {
    const before = await stripe.setupIntents.list({ limit: 100 })
    expect(await errorOf(stripe.setupIntents.create({ confirm: true }))).toMatchObject({
      statusCode: 400,
    })
    const after = await stripe.setupIntents.list({ limit: 100 })
    expect(after.data.length).toBe(before.data.length)
  })

  it('are confirmed by a browser that knows the secret, which sees little of them', async () => {
    const { id, client_secret } = await stripe.setupIntents.create({
      metadata: { internal: '1' },
    })
    const browser = clientOf(emulator, 'pk_test_emulator')
    const confirmed = await browser.setupIntents.confirm(id, {
      client_secret: String(client_secret),
      payment_method: 'pm_card_visa',
    } as Stripe.SetupIntentConfirmParams)
    expect(confirmed.status).toBe('succeeded')
    expect(confirmed).not.toHaveProperty('metadata')
  })
})

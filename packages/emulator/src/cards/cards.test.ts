import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  control,
  errorOf,
  eventTypes,
  payment,
  stripe,
} from '../emulator.test-setup.ts'

describe('the four cards, by number and by alias', () => {
  it.each(['pm_card_visa', '4242424242424242'])('%s succeeds', async (card) => {
    const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
    const intent = await stripe.paymentIntents.create({
      ...payment,
      payment_method: paymentMethod,
      metadata: { user_id: 'u1' },
      expand: ['latest_charge'],
    })
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount: 2_000,
      amount_received: 2_000,
      metadata: { user_id: 'u1' },
      next_action: null,
      last_payment_error: null,
      latest_charge: {
        object: 'charge',
        status: 'succeeded',
        paid: true,
        amount_captured: 2_000,
      },
    })
    expect(await eventTypes(intent.id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
  })

  it.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline', 'Your card was declined.'],
    ['4000 0000 0000 0002', 'generic_decline', 'Your card was declined.'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['4000000000009995', 'insufficient_funds', 'Your card has insufficient funds.'],
  ])('%s is declined with %s', async (card, declineCode, message) => {
    const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
    const error = await errorOf(
      stripe.paymentIntents.create({ ...payment, payment_method: paymentMethod }),
    )
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: declineCode,
      message,
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
    })
    const { id } = error.payment_intent as Stripe.PaymentIntent
    const intent = await stripe.paymentIntents.retrieve(id)
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      amount_received: 0,
      payment_method: null,
      last_payment_error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: declineCode,
        charge: intent.latest_charge,
      },
    })
    expect(await eventTypes(id)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ])
  })

  describe.each(['pm_card_authenticationRequiredOnSetup', '4000002500003155'])(
    '%s',
    (card) => {
      async function start(params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
        const paymentMethod = card.startsWith('pm_') ? card : await cardByNumber(card)
        return stripe.paymentIntents.create({
          ...payment,
          payment_method: paymentMethod,
          ...params,
        })
      }

      it('asks for 3D Secure, and stays so when it is abandoned', async () => {
        const intent = await start()
        expect(intent).toMatchObject({
          status: 'requires_action',
          amount_received: 0,
          latest_charge: null,
          next_action: { type: 'use_stripe_sdk' },
        })
        expect(await eventTypes(intent.id)).toEqual([
          'payment_intent.created',
          'payment_intent.requires_action',
        ])
      })

      it('succeeds after authentication', async () => {
        const { id } = await start()
        await control('authenticate', { payment_intent: id, outcome: 'succeed' })
        const intent = await stripe.paymentIntents.retrieve(id)
        expect(intent).toMatchObject({
          status: 'succeeded',
          amount_received: 2_000,
          next_action: null,
        })
        expect((await eventTypes(id)).slice(2)).toEqual([
          'charge.succeeded',
          'payment_intent.succeeded',
        ])
      })

      it('needs another payment method after a failed authentication', async () => {
        const { id } = await start()
        await control('authenticate', { payment_intent: id, outcome: 'fail' })
        const intent = await stripe.paymentIntents.retrieve(id)
        expect(intent).toMatchObject({
          status: 'requires_payment_method',
          payment_method: null,
          last_payment_error: { code: 'payment_intent_authentication_failure' },
        })
        expect((await eventTypes(id)).slice(2)).toEqual(['payment_intent.payment_failed'])
        const retried = await stripe.paymentIntents.confirm(id, {
          payment_method: 'pm_card_visa',
        })
        expect(retried.status).toBe('succeeded')
      })

      it('is declined off-session, and passes once it has been set up', async () => {
        const declined = await errorOf(start({ off_session: true }))
        expect(declined).toMatchObject({
          statusCode: 402,
          code: 'authentication_required',
        })

        const customer = await stripe.customers.create()
        const first = await start({
          customer: customer.id,
          setup_future_usage: 'off_session',
        })
        const paymentMethod = first.payment_method as string
        await control('authenticate', { payment_intent: first.id, outcome: 'succeed' })
        const second = await stripe.paymentIntents.create({
          ...payment,
          customer: customer.id,
          payment_method: paymentMethod,
          off_session: true,
        })
        expect(second.status).toBe('succeeded')
      })
    },
  )

  it('refuses a number that it does not know, rather than guess', async () => {
    const error = await errorOf(cardByNumber('4000000000000069'))
    expect(error).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('0069'),
    })
  })

  it('refuses a number with a wrong check digit as Stripe does', async () => {
    const error = await errorOf(cardByNumber('4242424242424241'))
    expect(error).toMatchObject({ statusCode: 402, code: 'incorrect_number' })
  })
})

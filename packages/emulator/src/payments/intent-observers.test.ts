import { beforeEach, describe, expect, it } from 'vitest'
import { StripeError } from '../api/stripe-error.ts'
import { type Context, contextOfTime } from '../state/context.ts'
import { World } from '../state/world.ts'
import { addPaymentIntent } from './add-payment-intent.ts'
import { addSetupIntent } from './add-setup-intent.ts'
import { cancelPaymentIntent } from './cancel-payment-intent.ts'
import { cancelSetupIntent } from './cancel-setup-intent.ts'
import { capturePaymentIntent } from './capture-payment-intent.ts'
import { attemptPayment, authenticate } from './payment-attempt.ts'
import { resolvePaymentMethod } from './payment-methods.ts'
import { attemptSetup, authenticateSetup } from './setup-attempt.ts'

/** Events and what observers saw, in order. */
let seen: string[]
let context: Context

beforeEach(() => {
  seen = []
  const world = new World({
    url: 'http://127.0.0.1:1',
    observers: {
      onInvoice: [],
      onPaymentIntent: [(_, { status }) => seen.push(`saw ${status}`)],
      onSetupIntent: [(_, { status }) => seen.push(`saw ${status}`)],
    },
    apiVersion: '2026-10-28.endive',
    seed: 1,
    startAt: 0,
    isRunning: false,
    billing: {
      retryDays: [],
      afterRetries: 'cancel',
      automations: false,
      upcomingDays: 0,
    },
    eventRetention: 100,
    onEvent: ({ type }) => seen.push(type),
    isRefusing: () => false,
    onError: (error) => expect.fail(String(error)),
  })
  context = contextOfTime(world.platform, null)
})

function card(alias: string): string {
  return resolvePaymentMethod(context.account, `pm_card_${alias}`, 'payment_method').id
}

describe('observers of a payment intent', () => {
  function start(alias: string, capture_method = 'automatic') {
    const intent = addPaymentIntent(context, {
      amount: 500,
      currency: 'usd',
      capture_method,
      payment_method: card(alias),
    })
    seen = []
    const ask = () =>
      attemptPayment({ context, intent }, { offSession: false, onAuthentication: 'ask' })
    return { intent, ask }
  }

  it('are told after the events of a success', () => {
    start('visa').ask()
    expect(seen).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'saw succeeded',
    ])
  })

  it('are told of a decline before whoever asked', () => {
    const { ask } = start('visa_chargeDeclined')
    expect(ask).toThrow(StripeError)
    expect(seen).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'saw requires_payment_method',
    ])
  })

  it.each([
    [
      'authenticationRequired',
      'succeed',
      ['charge.succeeded', 'payment_intent.succeeded', 'saw succeeded'],
    ],
    [
      'authenticationRequired',
      'fail',
      ['payment_intent.payment_failed', 'saw requires_payment_method'],
    ],
    [
      'threeDSecureRequiredChargeDeclined',
      'succeed',
      ['charge.failed', 'payment_intent.payment_failed', 'saw requires_payment_method'],
    ],
  ] as const)('are told of 3D Secure: %s, %s', (alias, outcome, then) => {
    const { intent, ask } = start(alias)
    ask()
    expect(seen).toEqual(['payment_intent.requires_action', 'saw requires_action'])
    seen = []
    authenticate({ context, intent }, outcome)
    expect(seen).toEqual(then)
  })

  it('are told of what is held, captured and canceled', () => {
    const { intent, ask } = start('visa', 'manual')
    ask()
    expect(seen.at(-1)).toBe('saw requires_capture')
    capturePaymentIntent(context, intent, {
      amount: undefined,
      param: 'amount_to_capture',
      fields: {},
    })
    expect(seen.slice(-2)).toEqual(['payment_intent.succeeded', 'saw succeeded'])
    const other = start('visa').intent
    cancelPaymentIntent(context, other, null)
    expect(seen).toEqual(['payment_intent.canceled', 'saw canceled'])
  })
})

describe('observers of a setup intent', () => {
  function start(alias: string) {
    const intent = addSetupIntent(context, { payment_method: card(alias) })
    seen = []
    const ask = () => attemptSetup({ context, intent }, { onAuthentication: 'ask' })
    return { intent, ask }
  }

  it('are told after its events', () => {
    start('visa').ask()
    expect(seen).toEqual(['setup_intent.succeeded', 'saw succeeded'])
    const declined = start('visa_chargeDeclined')
    expect(declined.ask).toThrow(StripeError)
    expect(seen).toEqual(['setup_intent.setup_failed', 'saw requires_payment_method'])
  })

  it('are told of 3D Secure, and of the end', () => {
    const { intent, ask } = start('authenticationRequired')
    ask()
    authenticateSetup({ context, intent }, 'fail')
    expect(seen).toEqual([
      'setup_intent.requires_action',
      'saw requires_action',
      'setup_intent.setup_failed',
      'saw requires_payment_method',
    ])
    cancelSetupIntent(context, intent, null)
    expect(seen.slice(-2)).toEqual(['setup_intent.canceled', 'saw canceled'])
  })
})

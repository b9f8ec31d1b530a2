import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  emulator,
  errorOf,
  eventTypes,
  payment,
  stripe,
} from '../emulator.test-setup.ts'

async function paid(card: string): Promise<string> {
  const payment_method = card.startsWith('pm_') ? card : await cardByNumber(card)
  const { id } = await stripe.paymentIntents.create({ ...payment, payment_method })
  await emulator.clock.advance(2)
  return id
}

async function disputesOf(payment_intent: string): Promise<Stripe.Dispute[]> {
  return (await stripe.disputes.list({ payment_intent })).data
}

async function disputed(card: string): Promise<Stripe.Dispute> {
  const [dispute] = await disputesOf(await paid(card))
  if (dispute === undefined) return expect.fail('it was not disputed')
  return dispute
}

/** What came after the payment itself. */
async function laterEvents(intent: string): Promise<string[]> {
  return (await eventTypes(intent)).slice(4)
}

const opened = ['charge.dispute.created', 'charge.dispute.funds_withdrawn']

describe('cards that are disputed', () => {
  it.each([
    ['4000000000000259', 'createDispute', 'fraudulent', 'chargeback', []],
    [
      '4000000000002685',
      'createDisputeProductNotReceived',
      'product_not_received',
      'chargeback',
      [],
    ],
    [
      '4000000404000038',
      'createCe3EligibleDispute',
      'fraudulent',
      'chargeback',
      ['visa_compelling_evidence_3'],
    ],
    [
      '4000008400000779',
      'createComplianceDispute',
      'noncompliant',
      'compliance',
      ['visa_compliance'],
    ],
    [
      '5105008400000002',
      'createMastercardComplianceDispute',
      'noncompliant',
      'compliance',
      ['mastercard_compliance'],
    ],
  ])('%s, %s: %s', async (number, alias, reason, caseType, eligibility) => {
    for (const card of [number, `pm_card_${alias}`]) {
      const intent = await paid(card)
      const [dispute] = await disputesOf(intent)
      expect(dispute).toMatchObject({
        amount: 2_000,
        reason,
        status: 'needs_response',
        is_charge_refundable: false,
        enhanced_eligibility_types: eligibility,
        evidence_details: { has_evidence: false, submission_count: 0, past_due: false },
        payment_method_details: { card: { case_type: caseType } },
        balance_transactions: [{ amount: -2_000, fee: 1_500, net: -3_500 }],
      })
      expect(Object.keys(dispute?.evidence_details.enhanced_eligibility ?? {})).toEqual(
        eligibility,
      )
      expect(await laterEvents(intent)).toEqual(opened)
      const { latest_charge } = await stripe.paymentIntents.retrieve(intent, {
        expand: ['latest_charge'],
      })
      expect(latest_charge).toMatchObject({ disputed: true, paid: true })
    }
  })

  it.each(['4000000000001976', 'pm_card_createDisputeInquiry'])(
    '%s is only asked about: no funds are withdrawn',
    async (card) => {
      const intent = await paid(card)
      expect(await disputesOf(intent)).toMatchObject([
        {
          status: 'warning_needs_response',
          is_charge_refundable: true,
          balance_transactions: [],
          payment_method_details: { card: { case_type: 'inquiry' } },
        },
      ])
      expect(await laterEvents(intent)).toEqual(['charge.dispute.created'])
    },
  )

  it.each(['4000000000005423', 'pm_card_createIssuerFraudRecord'])(
    '%s gets an early fraud warning, which a refund settles',
    async (card) => {
      const intent = await paid(card)
      expect(await disputesOf(intent)).toEqual([])
      const find = async () =>
        (await stripe.radar.earlyFraudWarnings.list({ payment_intent: intent })).data
      expect(await find()).toMatchObject([{ actionable: true }])
      expect(await laterEvents(intent)).toEqual(['radar.early_fraud_warning.created'])
      await stripe.refunds.create({ payment_intent: intent })
      expect(await find()).toMatchObject([{ actionable: false }])
      expect((await laterEvents(intent)).at(-1)).toBe('radar.early_fraud_warning.updated')
    },
  )

  it.each(['4000000404000079', 'pm_card_createMultipleDisputes'])(
    '%s is disputed several times, and together about no more than was paid',
    async (card) => {
      const intent = await paid(card)
      const disputes = await disputesOf(intent)
      expect(disputes.length).toBeGreaterThan(1)
      expect(disputes.reduce((sum, { amount }) => sum + amount, 0)).toBe(2_000)
      expect(await laterEvents(intent)).toEqual([...opened, ...opened])
    },
  )

  it('are disputed once they are captured, and not when they were refunded before', async () => {
    const held = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_createDispute',
      capture_method: 'manual',
    })
    await emulator.clock.advance(5)
    expect(await disputesOf(held.id)).toEqual([])
    await stripe.paymentIntents.capture(held.id)
    await emulator.clock.advance(2)
    expect(await disputesOf(held.id)).toHaveLength(1)

    const refunded = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_createDispute',
    })
    await stripe.refunds.create({ payment_intent: refunded.id })
    await emulator.clock.advance(2)
    expect(await disputesOf(refunded.id)).toEqual([])
  })
})

describe('evidence', () => {
  it.each([
    [
      'pm_card_createDispute',
      'winning_evidence',
      'under_review',
      'won',
      [
        'charge.dispute.updated',
        'charge.dispute.funds_reinstated',
        'charge.dispute.closed',
      ],
    ],
    [
      'pm_card_createDispute',
      'losing_evidence',
      'under_review',
      'lost',
      ['charge.dispute.updated', 'charge.dispute.closed'],
    ],
    [
      'pm_card_createDisputeInquiry',
      'winning_evidence',
      'warning_under_review',
      'warning_closed',
      ['charge.dispute.updated', 'charge.dispute.closed'],
    ],
    [
      'pm_card_createDisputeInquiry',
      'losing_evidence',
      'warning_under_review',
      'warning_closed',
      ['charge.dispute.updated', 'charge.dispute.closed'],
    ],
    [
      'pm_card_createDisputeInquiry',
      'escalate_inquiry_evidence',
      'warning_under_review',
      'needs_response',
      ['charge.dispute.updated', 'charge.dispute.funds_withdrawn'],
    ],
    ['pm_card_createDispute', 'It was delivered.', 'under_review', 'under_review', []],
  ])('%s with %s: %s, then %s', async (card, uncategorized_text, first, then, events) => {
    const { id, payment_intent } = await disputed(card)
    const before = (await laterEvents(String(payment_intent))).length
    const submitted = await stripe.disputes.update(id, {
      evidence: { uncategorized_text },
    })
    expect(submitted).toMatchObject({
      status: first,
      evidence: { uncategorized_text },
      evidence_details: { has_evidence: true, submission_count: 1 },
    })
    await emulator.clock.advance(1)
    expect((await stripe.disputes.retrieve(id)).status).toBe(then)
    expect((await laterEvents(String(payment_intent))).slice(before)).toEqual([
      'charge.dispute.updated',
      ...events,
    ])
  })

  it('gives the money back when it wins, which can be refunded then', async () => {
    const { id, charge } = await disputed('pm_card_createDispute')
    await stripe.disputes.update(id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    })
    await emulator.clock.advance(1)
    const { balance_transactions } = await stripe.disputes.retrieve(id)
    expect(balance_transactions.map(({ amount }) => amount)).toEqual([-2_000, 2_000])
    const refunded = await stripe.refunds.create({ charge: String(charge) })
    expect(refunded.status).toBe('succeeded')
  })

  it('is merged and staged until it is submitted, and then no more', async () => {
    const { id } = await disputed('pm_card_createDispute')
    await stripe.disputes.update(id, {
      evidence: { customer_name: 'A', receipt: 'file_1' },
      submit: false,
    })
    const staged = await stripe.disputes.update(id, {
      evidence: { customer_name: '', product_description: 'B' },
      metadata: { case: '7' },
      submit: false,
    })
    expect(staged).toMatchObject({
      status: 'needs_response',
      metadata: { case: '7' },
      evidence: { customer_name: null, product_description: 'B', receipt: 'file_1' },
      evidence_details: { has_evidence: true, submission_count: 0 },
    })
    const submitted = await stripe.disputes.update(id, { submit: true })
    expect(submitted.status).toBe('under_review')
    const again = stripe.disputes.update(id, { evidence: { customer_name: 'C' } })
    expect(await errorOf(again)).toMatchObject({ statusCode: 400 })
    const noted = await stripe.disputes.update(id, { metadata: { case: '8' } })
    expect(noted).toMatchObject({ status: 'under_review', metadata: { case: '8' } })
  })

  it('is refused when it is too long, and changes nothing', async () => {
    const { id } = await disputed('pm_card_createDispute')
    const uncategorized_text = 'x'.repeat(150_001)
    const tooLong = stripe.disputes.update(id, {
      evidence: { uncategorized_text },
      metadata: { a: '1' },
    })
    expect(await errorOf(tooLong)).toMatchObject({ statusCode: 400 })
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      metadata: {},
    })
  })
})

describe('disputes', () => {
  it('are lost when they are closed', async () => {
    const { id, payment_intent } = await disputed('pm_card_createDispute')
    expect((await stripe.disputes.close(id)).status).toBe('lost')
    expect((await laterEvents(String(payment_intent))).slice(2)).toEqual([
      'charge.dispute.updated',
      'charge.dispute.closed',
    ])
    expect(await errorOf(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 })
  })

  it('are found under their charge too', async () => {
    const { id, charge } = await disputed('pm_card_createDispute')
    const path = `/v1/charges/${charge}/dispute`
    expect(await stripe.rawRequest('GET', path)).toMatchObject({ id })
    const closed = await stripe.rawRequest('POST', `${path}/close`)
    expect(closed).toMatchObject({ id, status: 'lost' })
  })

  it('are lost when nobody answers in time', async () => {
    const { id, created, evidence_details } = await disputed('pm_card_createDispute')
    const { due_by } = evidence_details
    await emulator.clock.advance((due_by ?? 0) - created)
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true },
    })
  })

  it('cannot be refunded meanwhile, unlike inquiries', async () => {
    const lost = await disputed('pm_card_createDispute')
    const refund = stripe.refunds.create({ charge: String(lost.charge) })
    expect(await errorOf(refund)).toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
    })
    const inquiry = await disputed('pm_card_createDisputeInquiry')
    const refunded = await stripe.refunds.create({ charge: String(inquiry.charge) })
    expect(refunded.status).toBe('succeeded')
  })
})

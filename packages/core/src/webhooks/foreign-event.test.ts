// Events that are rightly signed, and do not belong here.
import { createHmac } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { BillingOptions, MemoryTransaction, WebhookSecret } from '../index.ts'
import {
  type Context,
  eventOf,
  NOW,
  notificationOf,
  setUp,
} from './receive.test-setup.ts'

type Options = Partial<BillingOptions<MemoryTransaction>>

/** A billing with these secrets, and a way to send it what one of them signed. */
function bound(
  secrets: readonly (Omit<WebhookSecret, 'secret'> & { secret: string })[],
  options: Options = {},
) {
  const contexts: Context[] = []
  const set = setUp({
    webhookSecrets: secrets,
    onEvent: (_, context) => void contexts.push(context),
    onNotification: (_, context) => void contexts.push(context),
    ...options,
  })
  const receive = (event: object, secret = secrets[0]?.secret ?? '') => {
    const text = JSON.stringify(event)
    const signed = `${NOW / 1000}.${text}`
    const v1 = createHmac('sha256', secret).update(signed).digest('hex')
    const header = `t=${NOW / 1000},v1=${v1}`
    return set.receive(text, {
      header: (name) => (name === 'stripe-signature' ? header : undefined),
    })
  }
  return { ...set, contexts, receive }
}

const secret = 'whsec_1'
const thin = notificationOf()

describe('an event of a mode that its secret is not for', () => {
  it('does not act, even in the mode of the billing', async () => {
    const { receive, contexts, lines } = bound([
      { secret, livemode: true, endpoint: 'we_live' },
      { secret: 'whsec_2', livemode: false },
    ])
    const event = eventOf({ livemode: false })
    expect(await receive(event)).toMatchObject({ status: 200, outcome: 'other_mode' })
    expect(contexts).toEqual([])
    expect(lines).toMatchObject([
      { level: 'warn', fields: { eventId: 'evt_1', endpoint: 'we_live' } },
    ])
    expect(await receive(event, 'whsec_2')).toMatchObject({ outcome: 'processed' })
  })
})

describe('an event of an account that its secret is not for', () => {
  const own = eventOf()
  const connected = eventOf({ account: 'acct_1' })
  const other = eventOf({ account: 'acct_2' })
  it.each<[WebhookSecret['account'], object, string]>([
    [undefined, own, 'processed'],
    [undefined, connected, 'processed'],
    ['own', own, 'processed'],
    ['own', connected, 'other_account'],
    ['connected', own, 'other_account'],
    ['connected', connected, 'processed'],
    ['acct_1', connected, 'processed'],
    ['acct_1', other, 'other_account'],
    ['acct_1', own, 'other_account'],
    [['acct_1', 'acct_2'], other, 'processed'],
    ['acct_1', eventOf({ context: 'acct_1' }), 'processed'],
    ['acct_1', eventOf({ context: 'org_1/acct_1' }), 'processed'],
    ['acct_1', eventOf({ context: 'org_1' }), 'other_account'],
    ['own', eventOf({ context: 'acct_1/wksp_2' }), 'other_account'],
    ['own', eventOf({ context: 'org_1/acct_1/' }), 'other_account'],
    ['connected', { ...thin, account: 'acct_1' }, 'other_account'],
    ['acct_1', { ...thin, context: 'acct_1' }, 'processed'],
    ['acct_1', { ...thin, context: 'acct_2' }, 'other_account'],
    ['own', thin, 'processed'],
  ])('bound to %j: %j is %s', async (account, event, outcome) => {
    const { receive, contexts } = bound([
      account === undefined ? { secret } : { secret, account },
    ])
    expect(await receive(event)).toMatchObject({ status: 200, outcome })
    expect(contexts).toHaveLength(outcome === 'processed' ? 1 : 0)
  })

  it('acts when it comes again, signed by the secret that is for it', async () => {
    const { receive, contexts } = bound([
      { secret, account: 'own' },
      { secret: 'whsec_2', account: 'connected', endpoint: 'connect' },
    ])
    expect(await receive(connected)).toMatchObject({ outcome: 'other_account' })
    expect(await receive(connected, 'whsec_2')).toMatchObject({ outcome: 'processed' })
    expect(contexts).toMatchObject([{ account: 'acct_1', endpoint: 'connect' }])
  })

  it('comes from the first endpoint that its secret stands for, when from none', async () => {
    const { receive, lines } = bound([
      { secret, account: 'own', endpoint: 'account' },
      { secret, account: 'acct_2', endpoint: 'second' },
    ])
    await receive(connected)
    expect(lines).toMatchObject([{ fields: { endpoint: 'account' } }])
  })

  it('is told from one of two things that one secret is for', async () => {
    const { receive, contexts } = bound([
      { secret, account: 'own', endpoint: 'account' },
      { secret, account: 'connected', endpoint: 'connect' },
    ])
    await receive(own)
    await receive(eventOf({ id: 'evt_2', account: 'acct_1' }))
    expect(contexts.map(({ endpoint }) => endpoint)).toEqual(['account', 'connect'])
  })
})

describe('foreignEvents: refuse', () => {
  it('answers 400, records nothing and runs nothing', async () => {
    const { receive, contexts, billing, lines } = bound([{ secret, account: 'own' }], {
      foreignEvents: 'refuse',
    })
    const record = vi.spyOn(billing.store, 'record')
    const refused = { status: 400, outcome: 'foreign_event' }
    expect(await receive(eventOf({ account: 'acct_1' }))).toMatchObject(refused)
    expect(await receive(eventOf({ livemode: true }))).toMatchObject(refused)
    expect(contexts).toEqual([])
    expect(record).not.toHaveBeenCalled()
    expect(lines).toHaveLength(2)
  })
})

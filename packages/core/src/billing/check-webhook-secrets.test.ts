import { describe, expect, it } from 'vitest'
import { checkWebhookSecrets } from './check-webhook-secrets.ts'
import type { WebhookSecret } from './options.ts'

const unbound = { livemode: undefined, account: undefined, endpoint: undefined }

describe('what a webhook secret is for', () => {
  it('is anything, unless it says otherwise', () => {
    const secrets = checkWebhookSecrets(['whsec_1', { secret: 'whsec_2' }], 'test')
    expect([...secrets]).toEqual([
      ['whsec_1', [unbound]],
      ['whsec_2', [unbound]],
    ])
  })

  it('is kept in one form', () => {
    const bind = (binding: Partial<WebhookSecret>) =>
      checkWebhookSecrets([{ secret: 'whsec_1', ...binding }], 'test').get('whsec_1')?.[0]
    expect(bind({ account: 'own' })).toMatchObject({ account: 'own' })
    expect(bind({ account: 'acct_1' })).toMatchObject({ account: ['acct_1'] })
    expect(bind({ account: ['acct_1', 'acct_2'] })).toMatchObject({
      account: ['acct_1', 'acct_2'],
    })
    expect(bind({ livemode: false, endpoint: 'we_1' })).toEqual({
      livemode: false,
      account: undefined,
      endpoint: 'we_1',
    })
  })

  it('may be two things, as stripe listen has one secret for two routes', () => {
    const secrets = checkWebhookSecrets(
      [
        { secret: 'whsec_1', account: 'own' },
        { secret: 'whsec_1', account: 'connected' },
      ],
      'test',
    )
    expect(secrets.get('whsec_1')).toHaveLength(2)
    expect(secrets.size).toBe(1)
  })

  it.each<[string, object, RegExp]>([
    ['no secret', { secret: undefined }, /webhookSecrets\[0\]\.secret is undefined/],
    ['a placeholder', { secret: 'whsec_…' }, /placeholder/],
    ['a word as its mode', { secret: 'whsec_1', livemode: 'live' }, /\.livemode is/],
    ['an empty name', { secret: 'whsec_1', endpoint: '' }, /\.endpoint is no name/],
    [
      'another word as its account',
      { secret: 'whsec_1', account: 'any' },
      /\.account is/,
    ],
    ['no account in a list', { secret: 'whsec_1', account: [] }, /\.account is neither/],
    [
      'something else in a list',
      { secret: 'whsec_1', account: ['acct_1', 'cus_1'] },
      /\.account is neither/,
    ],
    [
      'a hole in a list',
      { secret: 'whsec_1', account: new Array(1) },
      /\.account is neither/,
    ],
    ['a list in a list', { secret: 'whsec_1', account: [['acct_1']] }, /\.account is/],
    ['a name that binds nothing', { secret: 'whsec_1', liveMode: true }, /"liveMode"/],
    ['null as its account', { secret: 'whsec_1', account: null }, /\.account is neither/],
  ])('is refused with %s', (_, secret, message) => {
    expect(() => checkWebhookSecrets([secret as WebhookSecret], 'test')).toThrow(message)
  })

  it('must not be the other mode for all of them', () => {
    const live = { secret: 'whsec_1', livemode: true }
    expect(() => checkWebhookSecrets([live], 'test')).toThrow(/no event could act/)
    expect(() => checkWebhookSecrets([live, 'whsec_2'], 'test')).not.toThrow()
    expect(() => checkWebhookSecrets([live], 'live')).not.toThrow()
  })
})

import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { cardByNumber as knownCard } from '../cards/card-table.ts'
import { cardByNumber, emulator, stripe } from '../emulator.test-setup.ts'
import { SHOWN_CARDS } from './checkout-page.ts'

type CreateParams = Stripe.Checkout.SessionCreateParams

const success_url = 'https://shop.example/done?session={CHECKOUT_SESSION_ID}'

function sale(name = 'Notebook', unit_amount = 2_000, currency = 'eur'): CreateParams {
  return {
    mode: 'payment',
    success_url,
    cancel_url: 'https://shop.example/cart',
    line_items: [
      { price_data: { currency, product_data: { name }, unit_amount }, quantity: 1 },
    ],
  }
}

async function plan(more: CreateParams = {}): Promise<CreateParams> {
  const { id } = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 1_500,
    recurring: { interval: 'month', interval_count: 3 },
    product_data: { name: 'Pro plan' },
  })
  return {
    mode: 'subscription',
    success_url,
    line_items: [{ price: id, quantity: 1 }],
    ...more,
  }
}

async function open(params: CreateParams): Promise<{ id: string; url: string }> {
  const { id, url } = await stripe.checkout.sessions.create(params)
  return { id, url: url ?? '' }
}

const filled = {
  email: 'ada@shop.example',
  card: '4242 4242 4242 4242',
  expiry: '12 / 40',
  cvc: '123',
  name: 'Ada Lovelace',
}

/** Sends a form as a browser does; answers where it is sent to. */
async function send(url: string, fields: Record<string, string>): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  expect(response.status).toBe(303)
  return new URL(response.headers.get('location') ?? '', url).href
}

async function read(url: string): Promise<string> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  return response.text()
}

const statusOf = async (id: string) =>
  (await stripe.checkout.sessions.retrieve(id)).status

describe('the checkout page', () => {
  it('shows what is sold, in words and amounts, and what it is', async () => {
    const { url } = await open({
      ...sale(),
      branding_settings: { display_name: 'Otter Press' },
    })
    const page = await read(url)
    for (const text of [
      '<html lang="en">',
      'This is not Stripe, and no money moves.',
      'Otter Press',
      'Notebook',
      '€20.00',
      'href="https://shop.example/cart"',
      'autocomplete="cc-number"',
      '4000 0025 0000 3155',
    ])
      expect(page).toContain(text)
    expect(page).not.toContain('<script')
  })

  it.each([
    ['jpy', 500, '¥500'],
    ['kwd', 1_500, 'KWD&nbsp;1.500'],
    ['usd', 123_456, '$1,234.56'],
  ])('writes %s with its decimals', async (currency, amount, text) => {
    const { url } = await open(sale('Notebook', amount, currency))
    expect((await read(url)).replaceAll('\u00a0', '&nbsp;')).toContain(`Pay ${text}`)
  })

  it('says how often a subscription is paid, and how long it is free', async () => {
    const { url } = await open(await plan())
    const page = await read(url)
    expect(page).toContain('Subscribe to Pro plan')
    expect(page).toContain('every 3 months')
    const trial = await open(await plan({ subscription_data: { trial_period_days: 14 } }))
    const trialPage = await read(trial.url)
    expect(trialPage).toContain('14 days free')
    expect(trialPage).toContain('Then €15.00 every 3 months')
    expect(trialPage).toContain('€0.00')
    expect(trialPage).toContain('Start trial')
  })

  it('goes to success_url with the id of the session', async () => {
    const { id, url } = await open(sale())
    expect(await send(url, filled)).toBe(`https://shop.example/done?session=${id}`)
    expect(await statusOf(id)).toBe('complete')
    const page = await read(url)
    expect(page).toContain('Your payment is complete')
    expect(page).toContain(`https://shop.example/done?session=${id}`)
    expect(page).not.toContain('<form')
  })

  it.each([
    [
      'https://bücher.example/→?s=ä b',
      'https://xn--bcher-kva.example/%E2%86%92?s=%C3%A4%20b',
    ],
    [
      'https://shop.example/\r\nSet-Cookie: a=b',
      'https://shop.example/%0D%0ASet-Cookie:%20a=b',
    ],
  ])('goes to %j, as a header can say it', async (url, target) => {
    const session = await open({ ...sale(), success_url: url })
    expect(await send(session.url, filled)).toBe(target)
    expect(await statusOf(session.id)).toBe('complete')
  })

  it('is that of a connected account too', async () => {
    const connected = { stripeAccount: 'acct_connected1' }
    const session = await stripe.checkout.sessions.create(sale(), connected)
    expect(await send(session.url ?? '', filled)).toContain('https://shop.example/done')
    const { status } = await stripe.checkout.sessions.retrieve(session.id, {}, connected)
    expect(status).toBe('complete')
  })

  it('is sent twice and paid once', async () => {
    const { id, url } = await open(sale())
    await Promise.all([send(url, filled), send(url, filled)])
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id)
    const charges = await stripe.charges.list({ payment_intent: String(payment_intent) })
    expect(charges.data).toHaveLength(1)
  })

  it.each([
    ['4000000000000002', 'Your card was declined.', 'card'],
    ['4000000000009995', 'Your card has insufficient funds.', 'card'],
    ['4000000000000069', 'Your card has expired.', 'expiry'],
    ['4000000000000127', 'Your card&#39;s security code is incorrect.', 'cvc'],
    ['4000000000000119', 'An error occurred while processing your card.', 'card'],
    ['4100000000000019', 'Your card was declined.', 'card'],
    ['4242424242424241', 'Your card number is incorrect.', 'card'],
  ])(
    'shows why %s does not work, and takes another card',
    async (card, message, field) => {
      const { id, url } = await open(sale())
      expect(await send(url, { ...filled, card })).toBe(url)
      const page = await read(url)
      expect(page).toContain('role="alert"')
      expect(page).toContain(message)
      expect(page).toMatch(
        new RegExp(
          `<input id="${field}"[^>]* aria-invalid="true" aria-describedby="${field}-wrong"`,
        ),
      )
      expect(page).toContain('value="ada@shop.example"')
      expect(page).not.toContain(card)
      expect(await statusOf(id)).toBe('open')
      expect(await send(url, filled)).toContain('https://shop.example/done')
      expect(await statusOf(id)).toBe('complete')
    },
  )

  it.each([
    ['email', 'no', 'Enter the e-mail address'],
    ['card', '', 'Enter the digits'],
    ['card', 'abc', 'Enter the digits'],
    ['expiry', '1340x', 'Enter the month and the year'],
    ['expiry', '13 / 40', 'expiration month is invalid'],
    ['expiry', '01 / 20', 'expiration year is invalid'],
    ['cvc', '12', 'Enter the three or four digits'],
    ['name', ' ', 'Enter the name'],
  ])('names %s when it is %j, and charges nothing', async (field, value, message) => {
    const { id, url } = await open(sale())
    await send(url, { ...filled, [field]: value })
    const page = await read(url)
    expect(page).toContain(message)
    expect(page).toContain(`id="${field}-wrong"`)
    const { payment_intent } = await stripe.checkout.sessions.retrieve(id)
    expect(payment_intent).toBeNull()
  })

  it('says that a card is saved', async () => {
    const saving = await open({ mode: 'setup', currency: 'eur', success_url })
    expect(await read(saving.url)).toContain('Save card')
    await send(saving.url, filled)
    expect(await read(saving.url)).toContain('Your card is saved')
  })

  it('asks for no card when nothing is to be paid', async () => {
    const { id, url } = await open(sale('A gift', 0))
    const page = await read(url)
    expect(page).not.toContain('name="card"')
    expect(page).toContain('Complete order')
    await send(url, { email: filled.email })
    expect(await statusOf(id)).toBe('complete')
  })

  it('keeps the e-mail that is known', async () => {
    const { id, url } = await open({ ...sale(), customer_email: 'known@shop.example' })
    expect(await read(url)).toMatch(/value="known@shop.example"[^>]* readonly/)
    await send(url, filled)
    const { customer_details } = await stripe.checkout.sessions.retrieve(id)
    expect(customer_details?.email).toBe('known@shop.example')
  })

  it.each([
    '',
    '{"email":"a@b.example"}',
    'email=%E0%A4%A&card=%00',
    'email=a%40b.example&email=c&card=4242424242424242&expiry=00%2F00&cvc=999&name=a',
    `email=${'a'.repeat(100_000)}%40b.example`,
    'email=a%40b.example&card=4242424242424242&expiry=12%2F99999&cvc=123&name=a',
    '__proto__=1&card=constructor&email=toString',
  ])('answers any form with a page: %.40s', async (body) => {
    const { id, url } = await open(sale())
    const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(await read(url)).toContain('role="alert"')
    expect(await statusOf(id)).toBe('open')
  })

  it('says that it has expired, with a way back', async () => {
    const { id, url } = await open(sale())
    await stripe.checkout.sessions.expire(id)
    expect(await send(url, filled)).toBe(url)
    const page = await read(url)
    expect(page).toContain('This checkout has expired')
    expect(page).toContain('href="https://shop.example/cart"')
    expect(page).not.toContain('<form')
  })

  it('shows hostile texts as texts', async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='a'>`
    const { url } = await open({
      ...sale(hostile),
      cancel_url: `https://shop.example/?q="><script>alert(1)</script>`,
      branding_settings: { display_name: hostile },
    })
    await send(url, { ...filled, name: hostile, email: hostile })
    const page = await read(url)
    expect(page).toContain('&lt;script&gt;alert(1)')
    expect(page).not.toMatch(/<script|<img/)
  })
})

describe('3D Secure', () => {
  async function toAuthenticate(params: CreateParams, card = '4000002500003155') {
    const { id, url } = await open(params)
    const page = await send(url, { ...filled, card })
    expect(page).toMatch(new RegExp(`^${emulator.url}/3ds/(?:pi|seti)_`))
    return { id, url, page }
  }

  it('shows what it is for, and completes the checkout', async () => {
    const { id, page } = await toAuthenticate(sale())
    const text = await read(page)
    for (const part of ['€20.00', 'Visa ending in 3155', 'Complete authentication'])
      expect(text).toContain(part)
    expect(await send(page, { outcome: 'succeed' })).toBe(
      `https://shop.example/done?session=${id}`,
    )
    expect(await statusOf(id)).toBe('complete')
    expect(await read(page)).toContain('Authentication complete')
  })

  it('goes back to the checkout when it fails', async () => {
    const { id, url, page } = await toAuthenticate(sale())
    expect(await send(page, { outcome: 'fail' })).toBe(url)
    expect(await read(url)).toContain('failed authentication')
    expect(await statusOf(id)).toBe('open')
    expect(await send(url, filled)).toContain('https://shop.example/done')
  })

  it('goes back to the checkout when the bank declines after it', async () => {
    const { id, url, page } = await toAuthenticate(sale(), '4000008260003178')
    expect(await send(page, { outcome: 'succeed' })).toBe(url)
    expect(await read(url)).toContain('Your card has insufficient funds.')
    expect(await statusOf(id)).toBe('open')
  })

  it('saves a card', async () => {
    const { id, page } = await toAuthenticate({
      mode: 'setup',
      currency: 'eur',
      success_url,
    })
    expect(await read(page)).toContain('Confirm that the card is yours')
    await send(page, { outcome: 'succeed' })
    expect(await statusOf(id)).toBe('complete')
  })

  it.each([
    ['succeed', 'succeeded'],
    ['fail', 'failed'],
  ])('returns from a payment intent: %s', async (outcome, redirect_status) => {
    const intent = await stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'eur',
      confirm: true,
      payment_method: await cardByNumber('4000002500003155'),
      return_url: 'https://shop.example/back?order=1',
    })
    const page = intent.next_action?.redirect_to_url?.url ?? ''
    expect(page).toBe(`${emulator.url}/3ds/${intent.id}`)
    const back = new URL(await send(page, { outcome }))
    expect(back.origin + back.pathname).toBe('https://shop.example/back')
    expect(Object.fromEntries(back.searchParams)).toEqual({
      order: '1',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status,
    })
  })

  it('returns from a setup intent', async () => {
    const intent = await stripe.setupIntents.create({
      confirm: true,
      payment_method: await cardByNumber('4000002500003155'),
      return_url: 'https://shop.example/back',
    })
    const page = intent.next_action?.redirect_to_url?.url ?? ''
    const back = new URL(await send(page, { outcome: 'succeed' }))
    expect(Object.fromEntries(back.searchParams)).toEqual({
      setup_intent: intent.id,
      setup_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    })
  })

  it('ends on its own page when there is nowhere to return to', async () => {
    const { id } = await stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'eur',
      confirm: true,
      payment_method: await cardByNumber('4000002500003155'),
    })
    const page = `${emulator.url}/3ds/${id}`
    expect(await send(page, { outcome: 'fail' })).toBe(page)
    expect(await read(page)).toContain('It did not work')
    expect(await send(page, { outcome: 'succeed' })).toBe(page)
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe(
      'requires_payment_method',
    )
  })

  it('asks again when nothing was chosen', async () => {
    const { page } = await toAuthenticate(sale())
    expect(await send(page, {})).toBe(page)
    expect(await read(page)).toContain('Confirm your payment')
  })
})

describe('a page', () => {
  it('loads nothing, is stored nowhere, and is in nobody else’s frame', async () => {
    const { url } = await open(sale())
    const { headers } = await fetch(url)
    const policy = headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split('; ')).toContain(rule)
    const style = /<style>(.*)<\/style>/s.exec(await read(url))?.[1] ?? ''
    const digest = createHash('sha256').update(style).digest('base64')
    expect(policy).toContain(`style-src 'sha256-${digest}'`)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  it.each(['/c/pay/cs_test_no', '/3ds/pi_no'])('is not there: %s', async (path) => {
    const response = await fetch(emulator.url + path)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('There is nothing here')
  })

  it('is only read and sent', async () => {
    const response = await fetch(`${emulator.url}/c/pay/x`, { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  it('takes no more than a form', async () => {
    const { url } = await open(sale())
    const body = 'x'.repeat(11 * 1024 * 1024)
    const response = await fetch(url, { method: 'POST', body }).catch(() => undefined)
    expect(response?.status ?? 413).toBe(413)
  })

  it.each(SHOWN_CARDS)('shows no card that the emulator does not know: %s', (number) => {
    expect(knownCard(number)).toBeDefined()
  })
})

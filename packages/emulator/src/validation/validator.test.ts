import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, emulator, errorOf, stripe } from '../emulator.test-setup.ts'
import { type Emulator, startEmulator } from '../index.ts'
import { startRelay } from './validation.test-setup.ts'

interface SentAnswer {
  readonly status: number
  readonly error?: Readonly<Record<string, unknown>>
}

/** A request as no SDK would send it. */
async function send(
  target: string,
  body?: string,
  { url = emulator.url, contentType = 'application/x-www-form-urlencoded' } = {},
): Promise<SentAnswer> {
  const response = await fetch(url + target, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: 'Bearer sk_test_1', 'content-type': contentType },
    ...(body !== undefined && { body }),
  })
  const { error } = (await response.json()) as { error?: Record<string, unknown> }
  return { status: response.status, ...(error && { error }) }
}

/** What is sent, and what Stripe says to it: with the description at hand, and by stripe-mock alone. */
const REFUSALS: readonly {
  readonly name: string
  readonly target: string
  readonly body?: string
  readonly error: Readonly<Record<string, unknown>>
  /** What can only be said with the description. */
  readonly isDescribed?: boolean
}[] = [
  {
    name: 'an unknown parameter',
    target: '/v1/customers',
    body: 'no_such=1',
    error: {
      type: 'invalid_request_error',
      code: 'parameter_unknown',
      message: 'Received unknown parameter: no_such',
      param: 'no_such',
      doc_url: 'https://stripe.com/docs/error-codes/parameter-unknown',
    },
    isDescribed: true,
  },
  {
    name: 'two unknown parameters',
    target: '/v1/customers',
    body: 'a=1&email=x&b=1',
    error: { message: 'Received unknown parameters: a, b', param: 'a' },
    isDescribed: true,
  },
  {
    name: 'an unknown nested parameter',
    target: '/v1/subscriptions',
    body: 'customer=cus_1&items[0][foo]=1',
    error: {
      code: 'parameter_unknown',
      message: 'Received unknown parameter: items[0][foo]',
      param: 'items[0][foo]',
    },
    isDescribed: true,
  },
  {
    name: 'an unknown nested parameter of what passes through',
    target: '/v1/payouts',
    body: 'amount=1&currency=eur&metadata[a]=b&destination[x]=1',
    error: { message: 'Invalid string: {"x"=>"1"}', param: 'destination' },
    isDescribed: true,
  },
  {
    name: 'an unknown parameter of a query',
    target: '/v1/customers?no_such=1',
    error: { code: 'parameter_unknown', param: 'no_such' },
    isDescribed: true,
  },
  {
    name: 'a missing parameter',
    target: '/v1/payment_intents',
    body: 'currency=eur',
    error: {
      type: 'invalid_request_error',
      code: 'parameter_missing',
      message: 'Missing required param: amount.',
      param: 'amount',
      doc_url: 'https://stripe.com/docs/error-codes/parameter-missing',
    },
  },
  {
    name: 'a missing nested parameter',
    target: '/v1/prices',
    body: 'currency=eur&unit_amount=1&recurring[interval_count]=1&product=prod_1',
    error: {
      code: 'parameter_missing',
      message: 'Missing required param: recurring[interval].',
      param: 'recurring[interval]',
    },
  },
  {
    name: 'no integer',
    target: '/v1/payment_intents',
    body: 'amount=abc&currency=eur',
    error: {
      code: 'parameter_invalid_integer',
      message: 'Invalid integer: abc',
      param: 'amount',
    },
  },
  {
    name: 'a hash for an integer',
    target: '/v1/payment_intents',
    body: 'amount[a]=1&currency=eur',
    error: { param: 'amount' },
  },
  {
    name: 'an integer that is none',
    target: '/v1/payment_intents',
    body: 'amount=12.5&currency=eur',
    error: { code: 'parameter_invalid_integer', message: 'Invalid integer: 12.5' },
  },
  {
    name: 'no boolean',
    target: '/v1/payment_intents',
    body: 'amount=100&currency=eur&confirm=maybe',
    error: { message: 'Invalid boolean: maybe', param: 'confirm' },
  },
  {
    name: 'no value of an enumeration',
    target: '/v1/checkout/sessions',
    body: 'mode=gift',
    error: {
      message: 'Invalid mode: must be one of payment, setup, or subscription',
      param: 'mode',
    },
    isDescribed: true,
  },
  {
    name: 'an enumeration of two',
    target: '/v1/payment_intents/pi_1/confirm',
    body: 'payment_method_options[card][request_three_d_secure]=never',
    error: {
      message:
        'Invalid payment_method_options[card][request_three_d_secure]: must be one of any, automatic, or challenge',
    },
    isDescribed: true,
  },
  {
    name: 'an empty value',
    target: '/v1/payment_intents',
    body: 'amount=&currency=eur',
    error: {
      code: 'parameter_invalid_empty',
      message:
        "You passed an empty string for 'amount'. We assume empty values are an attempt to unset a parameter; however 'amount' cannot be unset. You should remove 'amount' from your request or supply a non-empty value.",
      param: 'amount',
    },
    isDescribed: true,
  },
  {
    name: 'a text that is too long',
    target: '/v1/customers',
    body: `description=${'1'.repeat(6_000)}`,
    error: {
      message: 'Invalid string: 1111...1111; must be at most 5000 characters',
      param: 'description',
    },
    isDescribed: true,
  },
  {
    name: 'a text where a list belongs',
    target: '/v1/customers',
    body: 'preferred_locales=en',
    error: { message: 'Invalid array', param: 'preferred_locales' },
  },
  {
    name: 'a text where a hash belongs',
    target: '/v1/customers',
    body: 'address=Berlin',
    error: { message: 'Invalid object', param: 'address' },
    isDescribed: true,
  },
  {
    name: 'an expansion that there is not',
    target: '/v1/customers',
    body: 'expand[]=foo',
    error: { message: 'This property cannot be expanded (foo).', param: 'expand' },
    isDescribed: true,
  },
  {
    name: 'an expansion of what passes through',
    target: '/v1/payouts/po_1?expand[]=zzz',
    error: { message: 'This property cannot be expanded (zzz).', param: 'expand' },
  },
  {
    name: 'an expansion of a list without data',
    target: '/v1/customers?expand[]=subscriptions',
    error: { message: 'This property cannot be expanded (subscriptions).' },
    isDescribed: true,
  },
]

function itRefuses(url: () => string, isDescribed: boolean): void {
  it.each(REFUSALS.filter((one) => isDescribed || !one.isDescribed))(
    '$name',
    async ({ target, body, error }) => {
      const answer = await send(target, body, { url: url() })
      expect(answer).toMatchObject({ status: 400, error })
      expect(JSON.stringify(answer)).not.toMatch(/0x[0-9a-f]{4}|validator/)
    },
  )

  it('an address that there is not', async () => {
    expect(await send('/v1/foo', undefined, { url: url() })).toEqual({
      status: 404,
      error: {
        type: 'invalid_request_error',
        message:
          'Unrecognized request URL (GET: /v1/foo). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.',
      },
    })
  })

  it('a body of another type', async () => {
    const options = { url: url(), contentType: 'application/json' }
    expect(await send('/v1/customers', '{"email":"a"}', options)).toMatchObject({
      status: 400,
      error: {
        message: expect.stringContaining(
          'check that your POST content type is application/x-www-form-urlencoded',
        ),
      },
    })
  })
}

describe('refused, by the description', () => {
  itRefuses(() => emulator.url, true)

  it('changes nothing', async () => {
    const before = await stripe.customers.list({ limit: 1 })
    const events = await stripe.events.list({ limit: 1 })
    await send('/v1/customers', 'email=a&address[planet]=x')
    expect((await stripe.customers.list({ limit: 1 })).data).toEqual(before.data)
    expect((await stripe.events.list({ limit: 1 })).data).toEqual(events.data)
  })

  it('says of a request that it was refused', async () => {
    const error = await errorOf(
      stripe.subscriptions.create({ customer: 'cus_1', items: [{ foo: 1 } as never] }),
    )
    expect(error).toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'parameter_unknown',
      param: 'items[0][foo]',
    })
    const logged = await fetch(
      `${emulator.url}/_emulator/requests?params[customer]=cus_1`,
    )
    const { requests } = (await logged.json()) as { requests: { status: number }[] }
    expect(requests.at(-1)).toMatchObject({ status: 400, isRefusedByStripeMock: true })
  })
})

describe('refused, when only stripe-mock can tell', () => {
  let relay: Awaited<ReturnType<typeof startRelay>>
  let own: Emulator
  beforeAll(async () => {
    relay = await startRelay('master')
    own = await startEmulator({ stripeMockUrl: relay.url })
  })
  afterAll(async () => {
    await own.stop()
    relay.close()
  })
  itRefuses(() => own.url, false)

  it.each(['no_such=1', 'mode=gift', 'address=Berlin'])('%s', async (body) => {
    const target = body.startsWith('mode') ? '/v1/checkout/sessions' : '/v1/customers'
    const answer = await send(target, body, { url: own.url })
    expect(answer).toMatchObject({
      status: 400,
      error: { type: 'invalid_request_error' },
    })
    expect(JSON.stringify(answer)).not.toMatch(/0x[0-9a-f]{4}|validator/)
  })

  it('still takes what is newer than stripe-mock', async () => {
    const before = relay.seen.length
    await send(
      '/v1/subscriptions/sub_1/resume',
      'payment_behavior=resume_on_payment_attempt',
      {
        url: own.url,
      },
    )
    expect(relay.seen.slice(before)).toEqual(['POST /v1/subscriptions/sub_1/resume'])
  })
})

it('refuses an expansion that makes stripe-mock hang up', async () => {
  const target = '/v1/payment_method_configurations?expand[]=data.billie'
  expect(await send(target)).toMatchObject({
    status: 400,
    error: { message: 'This property cannot be expanded (data.billie).' },
  })
})

describe('accepted', () => {
  it.each([
    ['a[0]', 'expand[0]=data.subscriptions'],
    ['a[]', 'expand[]=data.subscriptions'],
    ['four levels', 'expand[]=data.subscriptions.data.customer'],
  ])('lists as %s', async (_, query) => {
    expect(await send(`/v1/customers?limit=1&${query}`)).toEqual({ status: 200 })
  })

  it('parameters of the query of a POST', async () => {
    const { url } = emulator
    const response = await fetch(`${url}/v1/customers?email=q@example.com`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_1',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'name=Ada',
    })
    expect(await response.json()).toMatchObject({ email: 'q@example.com', name: 'Ada' })
  })
})

describe('stripe-mock', () => {
  let relay: Awaited<ReturnType<typeof startRelay>>
  let own: Emulator
  beforeAll(async () => {
    relay = await startRelay('0.203.0')
    own = await startEmulator({ stripeMockUrl: relay.url })
  })
  afterAll(async () => {
    await own.stop()
    relay.close()
  })
  async function seenDuring(run: () => Promise<unknown>): Promise<readonly string[]> {
    const before = relay.seen.length
    await run().catch(() => {})
    return relay.seen.slice(before)
  }

  it('is asked about every change', async () => {
    const client = clientOf(own)
    const create = () => client.customers.create({ email: 'a@example.com' })
    const sent = 'POST /v1/customers email=a@example.com'
    expect(await seenDuring(create)).toEqual([sent])
    expect(await seenDuring(create)).toEqual([sent])
  })

  it('is asked about a read of what is modelled once for each shape', async () => {
    const client = clientOf(own)
    const { id } = await client.customers.create({})
    const list = (params: object) => () => client.customers.list(params)
    expect(await seenDuring(list({ limit: 3 }))).toHaveLength(1)
    expect(await seenDuring(list({ limit: 4 }))).toEqual([])
    expect(await seenDuring(list({ limit: 4, starting_after: id }))).toHaveLength(1)
    expect(await seenDuring(list({ limit: 4, starting_after: 'cus_2' }))).toEqual([])
    expect(await seenDuring(() => client.customers.retrieve(id))).toHaveLength(1)
    expect(await seenDuring(() => client.customers.retrieve('cus_2'))).toEqual([])
    // What passes through is answered by it.
    expect(await seenDuring(() => client.payouts.list())).toHaveLength(1)
    expect(await seenDuring(() => client.payouts.list())).toHaveLength(1)
  })

  it('does not hear of what is newer, nor of what the emulator expands', async () => {
    const client = clientOf(own)
    const create = () =>
      client.checkout.sessions.create({
        mode: 'payment',
        allowed_payment_method_types: ['card'],
        line_items: [{ price: 'price_1', quantity: 1 }],
        success_url: 'https://example.com',
        expand: ['line_items'],
      })
    const [sent = ''] = await seenDuring(create)
    expect(sent).not.toMatch(/allowed_payment_method_types|expand/)
    expect(sent).toContain('line_items')
  })
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { emulator, stripe } from '../emulator.test-setup.ts'
import { startReceiver } from '../webhooks/receiver.test-setup.ts'
import { type CommandLineResult, runCommandLine } from './command-line.test-setup.ts'

beforeEach(() => emulator.reset())

const env = { COUNTERSIGN_EMULATOR_URL: emulator.url }

function run(...args: string[]): Promise<CommandLineResult> {
  return runCommandLine(args, env)
}

/** What a command that must succeed prints, and what it prints with `--json`. */
async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await printed(...args, '--json')) as T
}

describe('trigger', () => {
  it('makes an event, with what really happens before and after it', async () => {
    const output = await printed('trigger', 'payment_intent.succeeded')
    expect(output).toMatch(/^evt_\w+ {2}payment_intent\.succeeded$/m)
    expect(output).toMatch(/^made really$/m)
    const { data } = await stripe.events.list({ type: 'payment_intent.succeeded' })
    expect(data).toHaveLength(1)
    const { made } = await json<{ made: string }>('trigger', 'payout.paid')
    expect(made).toBe("from stripe-mock's fixture")
  })

  it('makes it in a connected account', async () => {
    const type = 'charge.succeeded'
    await printed('trigger', type, '--account', 'acct_theirs')
    await printed('trigger', 'payout.paid', '--account', 'acct_theirs')
    expect((await stripe.events.list()).data).toEqual([])
    const theirs = { stripeAccount: 'acct_theirs' }
    const { data } = await stripe.events.list({ types: [type, 'payout.paid'] }, theirs)
    expect(data.map((event) => [event.type, event.account])).toEqual([
      ['payout.paid', 'acct_theirs'],
      [type, 'acct_theirs'],
    ])
  })

  it('lists what it can make, without an emulator', async () => {
    const nowhere = { COUNTERSIGN_EMULATOR_URL: 'http://127.0.0.1:9' }
    const { stdout } = await runCommandLine(['trigger', '--list'], nowhere)
    expect(stdout).toMatch(/^invoice\.paid +really$/m)
    expect(stdout).toMatch(/^payout\.paid +from stripe-mock's fixture$/m)
  })
})

describe('resend', () => {
  it('sends an event again', async () => {
    const receiver = await startReceiver()
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
    await stripe.customers.create()
    const [first] = await receiver.atLeast(1)
    const id = first?.event.id ?? ''
    expect(await printed('resend', id)).toMatch(
      new RegExp(`^${id} +customer\\.created +delivered +200 +${receiver.url}$`, 'm'),
    )
    expect(receiver.received.map(({ event }) => event.id)).toEqual([id, id])
    expect(receiver.received[1]?.body).toBe(first?.body)
  })

  it('says so when nobody wants the event, or there is none', async () => {
    await stripe.customers.create()
    const { data } = await stripe.events.list()
    expect(await printed('resend', data[0]?.id ?? '')).toBe('no endpoint wants it\n')
    expect(await run('resend', 'evt_none')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: "No such event: 'evt_none'\n",
    })
  })
})

describe('clock', () => {
  it('is shown and moved', async () => {
    const before = await json<{ now: number }>('clock')
    const after = await json<{ now: number }>('clock', 'advance', '36h')
    expect(after.now - before.now).toBeGreaterThanOrEqual(36 * 3_600)
    expect(await printed('clock', 'to', '2040-01-01T00:00:00Z')).toMatch(
      /^2040-01-01 00:00:\d\d {2}nothing is due\n$/,
    )
    expect(await run('clock', 'to', '2039-01-01T00:00:00Z')).toMatchObject({
      code: 1,
      stderr: 'The clock only goes forward.\n',
    })
  })

  it('waits for the webhooks of what has happened, when it is asked to', async () => {
    let isAnswered = false
    const receiver = await startReceiver((response) => {
      setTimeout(() => {
        isAnswered = true
        response.end()
      }, 1_000)
    })
    await stripe.webhookEndpoints.create({
      url: receiver.url,
      enabled_events: ['checkout.session.expired'],
    })
    await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://example.com',
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'eur', unit_amount: 100, product_data: { name: 'x' } },
        },
      ],
    })
    await printed('clock', 'advance', '2d', '--settle')
    expect(isAnswered).toBe(true)
    const { deliveries } = await json<{ deliveries: unknown[] }>('deliveries')
    expect(deliveries).toMatchObject([
      { type: 'checkout.session.expired', state: 'delivered' },
    ])
  })
})

describe('what has happened', () => {
  it('is listed: events, requests and deliveries', async () => {
    const receiver = await startReceiver()
    await stripe.webhookEndpoints.create({
      url: `${receiver.url}?token=hidden`,
      enabled_events: ['customer.deleted'],
    })
    const { id } = await stripe.customers.create()
    await stripe.customers.del(id)
    await receiver.atLeast(1)
    await emulator.settled()
    const events = await printed('events', '--type', 'customer.*', '--limit', '1')
    expect(events).toMatch(/^\S+ \S+ {2}customer\.deleted {2}evt_\w+ {2}cus_\w+\n$/)
    const requests = await printed('requests', '--limit', '2')
    expect(requests).toMatch(new RegExp(`DELETE /v1/customers/${id} {2}200 {2}\\d+ ms`))
    expect(requests.trim().split('\n')).toHaveLength(2)
    const deliveries = await printed('deliveries', '--object', id)
    expect(deliveries).toMatch(
      /^evt_\w+ {2}customer\.deleted {2}delivered {2}200 {2}http/,
    )
    expect(deliveries).not.toContain('hidden')
    const list = await json<{ data: { id: string }[] }>('events', '--limit', '1')
    expect(list.data).toHaveLength(1)
    expect(await json('deliveries', '--object', id)).toMatchObject({
      deliveries: [{ state: 'delivered' }],
    })
    expect(await json('requests', '--limit', '1')).toMatchObject({
      requests: [{ path: '/v1/events' }],
    })
  })
})

describe('fault', () => {
  it('makes something go wrong, once', async () => {
    await printed('fault', 'add', 'server_error', '--operation', 'POST /v1/customers')
    await expect(stripe.customers.create()).rejects.toMatchObject({ statusCode: 500 })
    expect((await stripe.customers.create()).object).toBe('customer')
    expect(await printed('fault')).toMatch(/fault_1 +server_error +0 to come +1 happened/)
    expect(await json('fault', 'random', '0.5', '--side', 'api')).toMatchObject({
      api: { rate: 0.5 },
      deliveries: { rate: 0 },
    })
    expect(await json('fault', 'clear')).toEqual({
      api: { rate: 0, faults: [] },
      deliveries: { rate: 0, faults: [] },
    })
  })

  it('is of a webhook as well, with all that says which', async () => {
    const added = await json(
      'fault',
      'add',
      'duplicate',
      '--type',
      'invoice.*',
      '--object',
      'in_1',
      '--copies',
      '3',
      '--count',
      '2',
    )
    expect(added).toMatchObject({
      kind: 'duplicate',
      type: 'invoice.*',
      object: 'in_1',
      copies: 3,
      remaining: 2,
    })
    expect(await json('fault', 'add', 'delay', '--delay-ms', '7')).toHaveProperty(
      'delayMs',
      7,
    )
    expect(await run('fault', 'add', 'drop', '--copies', '3')).toMatchObject({
      code: 1,
      stderr: 'copies is for duplicate and concurrent.\n',
    })
  })
})

describe('reset', () => {
  it('forgets everything', async () => {
    const { id } = await stripe.customers.create()
    expect(await printed('reset')).toBe('everything is forgotten\n')
    await expect(stripe.customers.retrieve(id)).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('coverage', () => {
  it('is a table with totals', async () => {
    const output = await printed('coverage')
    expect(output).toMatch(
      /^modelled +POST \/v1\/webhook_endpoints\/\{webhook_endpoint\}$/m,
    )
    expect(output).toMatch(/^passed through +GET \/v1\/payouts$/m)
    expect(output).toMatch(
      /\d+ operations: \d+ modelled, \d+ partly, \d+ passed through\n$/,
    )
    const missing = await printed('coverage', '--missing')
    expect(missing).toMatch(/^ {2}missing {5}\S/m)
    expect(missing).toMatch(/^ {2}unverified {2}\S/m)
    const { totals } = await json<{ totals: { operations: number } }>('coverage')
    expect(totals.operations).toBeGreaterThan(590)
  })
})

describe('exit codes', () => {
  it.each<[number, readonly string[], RegExp]>([
    [0, ['--help'], /Usage: countersign-emulator/],
    [0, ['--version'], /^\d+\.\d+\.\d+/],
    [0, ['start', '--help'], /--forward-to/],
    [0, ['trigger', '--help'], /--account/],
    [0, ['clock', '--help'], /advance/],
    [0, ['clock', 'advance', '--help'], /36h/],
    [0, ['fault', 'add', '--help'], /answer_lost/],
    [2, ['--nonsense'], /unknown option '--nonsense'/],
    [2, ['nonsense'], /unknown command 'nonsense'/],
    [2, ['trigger'], /missing required argument 'type'/],
    [2, ['trigger', 'invoice.eaten'], /of invoice there are invoice\.created/],
    [2, ['resend'], /missing required argument 'event'/],
    [2, ['clock', 'advance', 'soon'], /soon is no duration/],
    [2, ['clock', 'to', 'noon'], /Invalid time: noon/],
    [2, ['events', '--limit', '0'], /from 1 to 100/],
    [2, ['fault', 'add', 'nonsense'], /Allowed choices are duplicate/],
    [2, ['fault', 'random', '2'], /from 0 to 1/],
    [2, ['--port', '70000'], /from 0 to 65535/],
    [2, ['--forward-to', 'ftp://example.com'], /http:\/\/ or https:\/\/ URL/],
    [
      2,
      ['--forward-to', 'http://localhost', '--events', 'invoice.eaten'],
      /invoice\.paid/,
    ],
    [2, ['--events', 'invoice.paid'], /--events needs --forward-to/],
    [2, ['--webhook-api-version', 'newest'], /as in 2025-02-24\.acacia/],
    [2, ['--webhook-secret', 'mine'], /must be whsec_/],
    [2, ['--after-retries', 'forgive'], /Allowed choices are cancel/],
    [2, ['--retry-schedule', '1,,3'], /as in 1,3,5/],
    [2, ['--clock', 'noon'], /Invalid time: noon/],
    [2, ['--fault-rate', '1.5'], /from 0 to 1/],
    [1, ['clock', '--url', 'http://127.0.0.1:9'], /Start one with countersign-emulator/],
  ])('%i for %j', async (expected, args, text) => {
    const { code, stdout, stderr } = await run(...args)
    expect(stdout + stderr).toMatch(text)
    expect(code).toBe(expected)
    expect(expected === 0 ? stderr : stdout).toBe('')
  })

  it('1 when what answers is no emulator', async () => {
    const other = createServer((_, response) => response.end('<html>'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    expect(await run('reset', '--url', `127.0.0.1:${port}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no Countersign emulator'),
    })
  })
})

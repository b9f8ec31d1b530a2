import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import Stripe from 'stripe'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startReceiver } from '../webhooks/receiver.test-setup.ts'
import {
  runCommandLine,
  startCommandLine,
  startForMachines,
} from './command-line.test-setup.ts'

const payment = {
  amount: 2_000,
  currency: 'eur',
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const

describe('countersign-emulator', () => {
  it('prints what to paste, and then a line for each request and each delivery', async () => {
    const receiver = await startReceiver()
    const cli = startCommandLine([
      '--port',
      '0',
      '--seed',
      '1',
      '--forward-to',
      receiver.url,
    ])
    await cli.prints(/Webhooks +to http/)
    const banner = cli.output()
    expect(banner).toContain('It is not Stripe')
    const key = /STRIPE_SECRET_KEY=(sk_test_\w+)/.exec(banner)?.[1] ?? ''
    const secret = /STRIPE_WEBHOOK_SECRET=(whsec_\w+)/.exec(banner)?.[1] ?? ''
    const [, host, port, protocol] =
      /host: '([\d.]+)', port: (\d+), protocol: '(http)'/.exec(banner) ?? []
    expect(banner).toContain(`http://${host}:${port}/c/pay/`)
    const stripe = new Stripe(key, {
      host,
      port,
      protocol,
      maxNetworkRetries: 0,
    } as never)

    const idempotencyKey = 'once'
    const good = { ...payment, payment_method: 'pm_card_visa' }
    const { id } = await stripe.paymentIntents.create(good, { idempotencyKey })
    await stripe.paymentIntents.create(good, { idempotencyKey })
    const bad = { ...payment, payment_method: 'pm_card_visa_chargeDeclined' }
    await expect(stripe.paymentIntents.create(bad)).rejects.toThrow()
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'eur',
      success_url: 'https://shop.example/done',
    })
    await receiver.atLeast(5)
    await cli.prints(/payment_intent\.payment_failed evt_\w+ {2}-> /)

    const lines = cli.output().slice(banner.length)
    const post = '2026-01-01 00:00:00  POST /v1/payment_intents'
    expect(lines).toMatch(new RegExp(`^${post}  200  \\d+ ms  ${id}$`, 'm'))
    expect(lines).toMatch(new RegExp(`^${post}  200  \\d+ ms  ${id}  replayed$`, 'm'))
    expect(lines).toMatch(
      new RegExp(`/v1/checkout/sessions  200  \\d+ ms  ${session.id}$`, 'm'),
    )
    expect(lines).toMatch(new RegExp(`^${post}  402  \\d+ ms  card_declined$`, 'm'))
    expect(lines).toMatch(
      new RegExp(
        `^2026-01-01 00:00:00  payment_intent\\.succeeded evt_\\w+  -> ${receiver.url}  200  \\d+ ms$`,
        'm',
      ),
    )
    for (const { body, signature } of receiver.received)
      expect(stripe.webhooks.constructEvent(body, signature, secret).object).toBe('event')
    // Keys and secrets were printed once.
    expect(lines).not.toMatch(/sk_test_|pk_test_|whsec_|_secret_/)
    expect(lines).not.toContain('\u001b')
  })

  it('says when a delivery is tried again, and when it is given up', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(500).end()
    })
    const cli = await startForMachines(['--forward-to', receiver.url, '--seed', '1'])
    await cli.stripe.customers.create()
    await receiver.atLeast(1)
    for (const by of ['1s', '10s', '60s']) {
      await vi.waitFor(() => expect(cli.records('delivery').at(-1)?.nextAt).toBeTruthy())
      const { stdout } = await cli.command('clock', 'advance', by, '--settle', '--json')
      expect(JSON.parse(stdout)).toHaveProperty('now')
    }
    const at = 1_767_225_600
    await vi.waitFor(() => {
      expect(cli.records('delivery')).toMatchObject([
        { attempt: 1, status: 500, at, nextAt: at + 1 },
        { attempt: 2, status: 500, at: at + 1, nextAt: at + 11 },
        { attempt: 3, status: 500, at: at + 11, nextAt: at + 71 },
        { attempt: 4, status: 500, at: at + 71, nextAt: null },
      ])
    })
  })

  it('sends only the types that are asked for, in the version that is asked for', async () => {
    const receiver = await startReceiver()
    const cli = await startForMachines([
      '--forward-to',
      receiver.url.replace('http://', ''),
      '--events',
      'customer.updated,customer.deleted',
      '--webhook-api-version',
      '2025-02-24.acacia',
      '--webhook-secret',
      'whsec_of_the_application',
    ])
    const { id } = await cli.stripe.customers.create()
    await cli.stripe.customers.del(id)
    // What happens in connected accounts is forwarded as well.
    const theirs = { stripeAccount: 'acct_theirs' }
    const other = await cli.stripe.customers.create({}, theirs)
    await cli.stripe.customers.del(other.id, undefined, theirs)
    await receiver.atLeast(2)
    expect(
      receiver.received.map(({ event }) => [
        event.type,
        event.api_version,
        event.account,
      ]),
    ).toEqual([
      ['customer.deleted', '2025-02-24.acacia', undefined],
      ['customer.deleted', '2025-02-24.acacia', 'acct_theirs'],
    ])
    for (const { body, signature } of receiver.received) {
      const secret = 'whsec_of_the_application'
      expect(cli.stripe.webhooks.constructEvent(body, signature, secret)).toBeTruthy()
    }
  })

  it('prints JSON only with --json, and nothing that is secret after its first line', async () => {
    const receiver = await startReceiver()
    const cli = await startForMachines(['--forward-to', `${receiver.url}?token=hidden`])
    expect(cli.started).toMatchObject({
      secretKey: 'sk_test_emulator',
      publishableKey: 'pk_test_emulator',
      webhookSecret: expect.stringMatching(/^whsec_\w{32}$/),
    })
    const intent = await cli.stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
    })
    await cli.stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
    await fetch(
      `${cli.started.url}/v1/payment_intents/${intent.id}?key=pk_test_shown&client_secret=${intent.client_secret}`,
    )
    await vi.waitFor(() => expect(cli.records('request')).toHaveLength(3))
    // Later events go to both endpoints.
    await vi.waitFor(() =>
      expect(cli.records('delivery').length).toBeGreaterThanOrEqual(3),
    )
    expect(cli.records('request')[0]).toMatchObject({
      method: 'POST',
      path: '/v1/payment_intents',
      status: 200,
      objectId: intent.id,
      isReplay: false,
    })
    const [, ...later] = cli.output().split('\n')
    expect(later.join('\n')).not.toMatch(/sk_test_|pk_test_|whsec_|_secret_|hidden/)
  })

  it('prints the keys only with --quiet', async () => {
    const cli = startCommandLine(['--port', '0', '--quiet', '--json'])
    await cli.prints('"started"')
    const { url } = JSON.parse(cli.output())
    await fetch(`${url}/v1/customers`, { headers: { authorization: 'Bearer sk_test_x' } })
    await cli.end('SIGTERM')
    expect(cli.output().trim().split('\n')).toHaveLength(1)
  })

  it('has colours where they are wanted', async () => {
    const banner = async (env: Readonly<Record<string, string>>) => {
      const cli = startCommandLine(['--port', '0'], env)
      await cli.prints(/Webhooks +to/)
      return cli.output()
    }
    expect(await banner({ FORCE_COLOR: '1' })).toContain('\u001b[')
    expect(await banner({ NO_COLOR: '1' })).not.toContain('\u001b[')
  })

  it('behaves in billing as it is told to', async () => {
    const flags = ['--after-retries', 'unpaid', '--retry-schedule', '2,2']
    const clock = ['--clock', '2026-03-01T00:00:00Z', '--frozen']
    const cli = await startForMachines([...flags, ...clock])
    const { stripe } = cli
    const { id: customer } = await stripe.customers.create()
    const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer,
    })
    const product = await stripe.products.create({ name: 'Pro' })
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 1_000,
      recurring: { interval: 'month' },
    })
    const { id, created } = await stripe.subscriptions.create({
      customer,
      default_payment_method: card.id,
      items: [{ price: price.id }],
      trial_period_days: 1,
    })
    expect(created).toBe(Date.UTC(2026, 2, 1) / 1000)
    await cli.command('clock', 'advance', '3d')
    expect(await stripe.subscriptions.retrieve(id)).toHaveProperty('status', 'past_due')
    await cli.command('clock', 'advance', '3d')
    expect(await stripe.subscriptions.retrieve(id)).toHaveProperty('status', 'unpaid')
  })

  it('makes the same ids and times in every run with a seed', async () => {
    const receiver = await startReceiver()
    const oneRun = async () => {
      const cli = await startForMachines(['--seed', 'same', '--forward-to', receiver.url])
      const { id: customer } = await cli.stripe.customers.create({ name: 'Ada' })
      await cli.stripe.paymentIntents.create({
        ...payment,
        customer,
        payment_method: 'pm_card_visa',
      })
      await cli.command('clock', 'advance', '1mo')
      await cli.command('trigger', 'customer.subscription.created')
      const events = await cli.stripe.events.list({ limit: 100 })
      const { webhookSecret, url } = cli.started
      await cli.end('SIGTERM')
      const made = events.data.map(({ id, created, data }) => [id, created, data])
      // Each run has a port of its own.
      return [webhookSecret, JSON.parse(JSON.stringify(made).replaceAll(url, 'URL'))]
    }
    expect(await oneRun()).toEqual(await oneRun())
  })
})

describe('its end', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s takes stripe-mock with it, and is no failure',
    async (signal) => {
      const cli = await startForMachines([], { STRIPE_MOCK_URL: '' })
      const children = childrenOf(cli.pid)
      expect(children).toHaveLength(1)
      // One that never answers keeps nobody waiting.
      const silent = await startReceiver(() => {})
      const { url } = silent
      await cli.stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
      await cli.stripe.customers.create()
      await silent.atLeast(1)
      expect(await cli.end(signal)).toBe(0)
      expect(cli.errors()).toBe('')
      for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    },
  )

  it('comes too when nobody reads what it prints', async () => {
    const cli = await startForMachines()
    expect(cli.records('started')).toHaveLength(1)
    cli.closeOutput()
    await cli.stripe.customers.create().catch(() => undefined)
    expect(await cli.exit).toBe(0)
  })
})

describe('what goes wrong at the start', () => {
  it('is said of a port that an emulator has', async () => {
    const cli = await startForMachines()
    const { port } = new URL(cli.started.url)
    const { code, stderr, stdout } = await runCommandLine(['start', '--port', port])
    expect(stderr).toContain(`An emulator runs already at ${cli.started.url}`)
    expect(stderr).toContain('--port 0')
    expect([code, stdout]).toEqual([1, ''])
  })

  it('is said of a port that something else has', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stderr } = await runCommandLine(['--port', port])
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken by something else`)
    expect(code).toBe(1)
  })

  it('is said of an address that is not here', async () => {
    const { code, stderr } = await runCommandLine(['--port', '0', '--host', '192.0.2.1'])
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('192.0.2.1 is no address of this machine'),
    ])
  })

  it('is said of a stripe-mock that does not answer', async () => {
    const env = { STRIPE_MOCK_URL: 'http://127.0.0.1:9' }
    const { code, stderr } = await runCommandLine(['--port', '0'], env)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/does not answer/)])
  })

  it('includes listening where everybody can reach it, which is only warned of', async () => {
    const cli = startCommandLine(['--port', '0', '--host', '0.0.0.0'])
    await cli.prints(/Webhooks +to/)
    expect(cli.errors()).toContain('everybody who can reach it')
  })
})

/** The ids of the processes that a process has started. */
function childrenOf(pid: number): readonly number[] {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return processes
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child = 0]) => child)
}

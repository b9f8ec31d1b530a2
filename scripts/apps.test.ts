// Starts every example in apps/ with the command that its README names, and sends it one
// signed and one forged event.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import Stripe from 'stripe-23'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from './free-port.ts'
import { userEnvironment } from './user-environment.ts'

const secret = 'whsec_c2lnbnMgdGhlIGV4YW1wbGVz'
const startTimeoutMs = 120_000

let started: ChildProcess | undefined

afterEach(async () => {
  if (started?.pid === undefined || started.exitCode !== null) return
  const exited = once(started, 'exit')
  // npm starts the server as a grandchild: the whole group has to go.
  process.kill(-started.pid, 'SIGKILL')
  await exited
})

describe.each(['express', 'koa', 'remix', 'next'])('apps/%s', (app) => {
  it(
    'starts with one command, takes a signed event once and refuses a forged one',
    async () => {
      const { url, output } = await start(app)
      const signed = event('in_signed')
      const forged = event('in_forged')

      expect(await post(url, signed, signatureOf(signed))).toBe(200)
      await expect.poll(output).toContain('access granted for in_signed')
      expect(await post(url, signed, signatureOf(signed))).toBe(200)
      expect(output().split('access granted for in_signed')).toHaveLength(2)

      expect(await post(url, forged, signatureOf(signed))).toBe(400)
      expect(output()).not.toContain('in_forged')
    },
    startTimeoutMs + 10_000,
  )
})

async function start(app: string): Promise<{ url: string; output: () => string }> {
  const port = await freePort()
  const child = spawn('npm', ['start'], {
    cwd: fileURLToPath(new URL(`../apps/${app}`, import.meta.url)),
    env: userEnvironment({
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: secret,
    }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started = child
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  const deadline = Date.now() + startTimeoutMs
  const url = `http://127.0.0.1:${port}/webhooks/stripe`
  // Its own route is asked, since each framework says in words of its own that it listens.
  for (;;) {
    const answered = await fetch(url, { method: 'POST' }).catch(() => undefined)
    await answered?.arrayBuffer()
    if (answered?.status === 400) return { url, output: () => printed }
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`apps/${app} did not start. It printed:\n${printed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function event(invoiceId: string): string {
  return JSON.stringify({
    id: `evt_${invoiceId}`,
    object: 'event',
    type: 'invoice.paid',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { id: invoiceId, object: 'invoice' } },
  })
}

function signatureOf(payload: string): string {
  return new Stripe('sk_test_unused').webhooks.generateTestHeaderString({
    payload,
    secret,
  })
}

async function post(url: string, body: string, signature: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body,
  })
  await response.arrayBuffer()
  return response.status
}

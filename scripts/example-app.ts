// Starts an example as somebody who copied it would, and sends it webhooks.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import Stripe from 'stripe-23'
import { freePort } from '../conformance/src/runner/free-port.ts'
import { userEnvironment } from './user-environment.ts'

export const START_TIMEOUT_MS = 120_000

export interface ExampleApp {
  /** What it has printed so far. */
  readonly output: () => string
  /** Posts a webhook to it, and gives the status. */
  readonly post: (body: string, signature: string) => Promise<number>
  readonly stop: () => Promise<void>
}

/** `npm start` in a folder, on a free port unless one is given as `PORT`. Resolves when the webhook route answers. */
export async function startExample(
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<ExampleApp> {
  const port = environment.PORT ?? String(await freePort())
  const child = spawn('npm', ['start'], {
    cwd,
    env: userEnvironment({
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: port,
      ...environment,
    }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  async function stop(): Promise<void> {
    if (child.pid === undefined || child.exitCode !== null) return
    const exited = once(child, 'exit')
    // npm starts the server as a grandchild: the whole group has to go.
    process.kill(-child.pid, 'SIGKILL')
    await exited
  }
  const url = `http://127.0.0.1:${port}/webhooks/stripe`
  const deadline = Date.now() + START_TIMEOUT_MS
  // Its own route is asked, since each framework says in words of its own that it listens.
  for (;;) {
    const answered = await fetch(url, { method: 'POST' }).catch(() => undefined)
    await answered?.arrayBuffer()
    if (answered?.status === 400) {
      return { output: () => printed, post: (...sent) => post(url, ...sent), stop }
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`${cwd} did not start. It printed:\n${printed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** An invoice that was paid, as Stripe would send it. */
export function paidInvoice(id: string): string {
  return JSON.stringify({
    id: `evt_${id}`,
    object: 'event',
    type: 'invoice.paid',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    data: { object: { id, object: 'invoice' } },
  })
}

export function signatureOf(payload: string, secret: string): string {
  const { webhooks } = new Stripe('sk_test_unused')
  return webhooks.generateTestHeaderString({ payload, secret })
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

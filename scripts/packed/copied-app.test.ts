// An example that was copied out of the repository: it runs with the packed packages, and
// takes its secret from .env, as its README says.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  paidInvoice,
  START_TIMEOUT_MS,
  signatureOf,
  startExample,
} from '../example-app.ts'
import { createConsumer, run } from './consumer.ts'

const secret = 'whsec_Y29waWVk'

it(
  'apps/express starts where it was copied to, with the secret that was put into .env',
  async () => {
    const consumer = await createConsumer('../../../apps/express', {
      express: 'express',
      stripe: 'stripe-23',
    })
    const example = await readFile(join(consumer.folder, '.env.example'), 'utf8')
    await writeFile(join(consumer.folder, '.env'), example)
    const unset = await run(consumer.folder, 'npm', ['start'])
    expect([unset.exitCode, unset.output]).toEqual([
      1,
      expect.stringContaining("Set it to the endpoint's signing secret"),
    ])

    await writeFile(
      join(consumer.folder, '.env'),
      example.replace('STRIPE_WEBHOOK_SECRET=', `STRIPE_WEBHOOK_SECRET=${secret}`),
    )
    const app = await startExample(consumer.folder, {})
    try {
      const event = paidInvoice('in_copied')
      expect(await app.post(event, signatureOf(event, secret))).toBe(200)
      await expect.poll(app.output).toContain('access granted for in_copied')
    } finally {
      await app.stop()
      await consumer.remove()
    }
  },
  START_TIMEOUT_MS,
)

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBilling, memoryStore } from '@countersign/core'
import { webhook } from '@countersign/remix'
import { createRequestHandler as createExpressHandler } from '@remix-run/express'
import { createRequestHandler, type ServerBuild } from '@remix-run/node'
import express from 'express-4'
import { createHarness, defineTarget, type Target } from '../../src/target.ts'
import { closeServer } from '../close-server.ts'
import { versionOf } from '../version-of.ts'
import { createNodeListener } from './node-listener.ts'
import { createServerBuild } from './server-build.ts'

const target: Target = defineTarget({
  implementation: {
    name: '@countersign/remix',
    version: versionOf('@countersign/remix'),
    language: 'typescript',
    framework: 'remix',
    frameworkVersion: versionOf('@remix-run/node'),
    url: 'https://v2.remix.run',
  },
  features: [],
  // Remix has no body parser of its own; a server around it may.
  variants: ['default', 'behind-express', 'parser-drops-bytes'],
  async start(environment) {
    const store = memoryStore()
    const harness = createHarness(environment, target, { mirror: store.mirror })
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: environment.webhookSecrets,
      stripe: { secretKey: environment.stripeSecretKey },
      store,
      sync: 'event',
      on: harness.handlers,
      logger: harness.logger,
      limits: { bodyTimeoutMs: environment.bodyTimeoutMs },
    })
    const build = createServerBuild(
      {
        'webhooks/stripe': { action: webhook(billing) },
        'billing/webhooks/stripe': { action: webhook(billing) },
        sibling: { action: async ({ request }) => Response.json(await request.json()) },
        '*': {
          action: ({ request }) => harness.fetch(request),
          loader: ({ request }) => harness.fetch(request),
        },
      },
      harness.logError,
    )
    const server = await listen(build, environment.variant, environment.port)
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server) }
  },
})

export default target

async function listen(
  build: ServerBuild,
  variant: string,
  port: number,
): Promise<Server> {
  if (variant === 'default') {
    const server = createServer(
      createNodeListener(createRequestHandler(build, 'production')),
    )
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const app = express()
  if (variant === 'parser-drops-bytes') app.use(express.json())
  app.all('*', createExpressHandler({ build, mode: 'production' }))
  const server = app.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

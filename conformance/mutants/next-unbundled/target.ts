// A target on a real Next server whose adapter is not bundled: its source is loaded by
// Node, and can be a mutant's. That bundling changes nothing is what next-15 and next-16 prove.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBilling, memoryStore } from '@countersign/core'
import { webhook } from '@countersign/next'
import { createHarness, defineTarget, type Target } from '../../src/target.ts'
import { closeServer } from '../../targets/close-server.ts'
import { buildOnce } from '../../targets/next/build-once.ts'
import { versionOf } from '../../targets/version-of.ts'

type Route = (request: Request) => Promise<Response>

/** What every copy of this module in one process shares: Next's request handler, and the routes by port. */
const shared = globalThis as {
  countersignRoutes?: Map<string, Route>
  countersignNextHandler?: Promise<RequestListener>
}

const target: Target = defineTarget({
  implementation: {
    name: '@countersign/next',
    version: versionOf('@countersign/next'),
    language: 'typescript',
    framework: 'next',
    frameworkVersion: '16',
    url: 'https://nextjs.org',
  },
  features: [],
  variants: ['default'],
  prepare: (onProgress) =>
    buildOnce(import.meta.dirname, 'Next for mutants', [], onProgress),
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
    const receive = webhook(billing)
    const route: Route = async (request) => {
      const { pathname } = new URL(request.url)
      if (request.method === 'POST' && pathname.endsWith('/webhooks/stripe'))
        return receive(request)
      if (pathname === '/sibling') return Response.json(await request.json())
      return new Response('not found', { status: 404 })
    }
    shared.countersignNextHandler ??= prepareNext()
    const answerWithNext = await shared.countersignNextHandler
    // What the suite asks about is not under test here, and need not go through Next.
    const server = createServer((request, response) => {
      harness.middleware(request, response, () => answerWithNext(request, response))
    })
    server.listen(environment.port, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    shared.countersignRoutes ??= new Map()
    shared.countersignRoutes.set(String(port), route)
    return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server) }
  },
})

export default target

type CreateNext = (options: { readonly dev: boolean; readonly dir: string }) => {
  prepare(): Promise<void>
  getRequestHandler(): RequestListener
}

async function prepareNext(): Promise<RequestListener> {
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  // Under a name that TypeScript does not follow: Next's types change those of the whole program.
  const name: string = 'next'
  const { default: next } = (await import(name)) as { default: CreateNext }
  const app = next({ dev: false, dir: import.meta.dirname })
  await app.prepare()
  return app.getRequestHandler()
}

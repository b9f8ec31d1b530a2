// What the targets of both Express majors have in common: everything but the import.
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBilling, type TransactionKind } from '@countersign/core'
import { webhook } from '@countersign/express'
import {
  createHarness,
  type StartedTarget,
  type Target,
  type TargetEnvironment,
} from '../../src/target.ts'
import { closeServer } from '../close-server.ts'
import { type Backing, openMemory } from '../stores/backing.ts'
import { storeVariants } from '../stores/store-variants.ts'
import { versionOf } from '../version-of.ts'

type Handler = (...args: never) => unknown

interface Routing {
  use(path: string, router: Routing): unknown
  use(handler: Handler): unknown
  all(path: string, handler: Handler): unknown
  post(path: string, ...handlers: readonly Handler[]): unknown
}

/** The part of Express that is used here, the same in 4 and 5. */
export interface Express {
  (): Routing & { listen(port: number, host: string): Server }
  Router(): Routing
  json(options?: object): Handler
}

type ParsedRequest = IncomingMessage & { readonly body: unknown }
interface JsonResponse {
  json(value: unknown): void
  headersSent: boolean
  writeHead(status: number): { end(): void }
}

/** @param stores Whether it also runs on the stores that survive a restart. */
export function createExpressTarget(
  express: Express,
  packageName: string,
  { stores = false }: { readonly stores?: boolean } = {},
): Target {
  const target: Target = {
    implementation: {
      name: '@countersign/express',
      version: versionOf('@countersign/express'),
      language: 'typescript',
      framework: 'express',
      frameworkVersion: versionOf(packageName),
      url: 'https://expressjs.com',
    },
    features: [],
    variants: [
      'default',
      'parser-keeps-bytes',
      'parser-drops-bytes',
      ...(stores ? Object.keys(storeVariants) : []),
    ],
    start,
  }

  async function start(environment: TargetEnvironment): Promise<StartedTarget> {
    const { dataDirectory, variant } = environment
    switch (variant) {
      case 'sqlite':
      case 'durable': {
        const { openSqlite } = await import('../stores/open-sqlite.ts')
        return serve(environment, openSqlite(dataDirectory))
      }
      case 'postgres': {
        const { openPostgres } = await import('../stores/open-postgres.ts')
        return serve(environment, await openPostgres(dataDirectory))
      }
      default:
        return serve(environment, openMemory())
    }
  }

  async function serve<Tx extends TransactionKind>(
    environment: TargetEnvironment,
    { store, effects, close }: Backing<Tx>,
  ): Promise<StartedTarget> {
    const features = storeVariants[environment.variant] ?? []
    const harness = createHarness(
      environment,
      { ...target, features },
      { mirror: store.mirror, ...(effects && { effects }) },
    )
    const isDurable = features.includes('durable-processing')
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: environment.webhookSecrets,
      stripe: { secretKey: environment.stripeSecretKey },
      store,
      sync: 'event',
      on: harness.handlers,
      logger: harness.logger,
      clock: harness.clock,
      limits: { bodyTimeoutMs: environment.bodyTimeoutMs },
      processing: isDurable ? 'durable' : 'inline',
      retries: { firstMs: 20 },
      worker: { pollMs: 100 },
    })
    const app = express()
    if (environment.variant === 'parser-keeps-bytes') {
      app.use(express.json({ verify: keepRawBody }))
    } else if (environment.variant === 'parser-drops-bytes') {
      app.use(express.json())
    }
    app.post('/webhooks/stripe', webhook(billing))
    const router = express.Router()
    router.post('/webhooks/stripe', webhook(billing))
    app.use('/billing', router)
    app.post(
      '/sibling',
      express.json(),
      (request: ParsedRequest, response: JsonResponse) => {
        response.json(request.body)
      },
    )
    app.use(harness.middleware)
    app.use(answerError)

    function answerError(
      error: unknown,
      _: ParsedRequest,
      response: JsonResponse,
      next: Handler,
    ) {
      harness.logError(error)
      if (response.headersSent) return next
      return response.writeHead(500).end()
    }

    const server = app.listen(environment.port, '127.0.0.1')
    await once(server, 'listening')
    if (isDurable) billing.worker.start()
    const { port } = server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        await closeServer(server)
        await billing.worker.stop({ graceMs: 0 })
        await close()
      },
    }
  }

  return target
}

function keepRawBody(request: { rawBody?: Buffer }, _: unknown, bytes: Buffer): void {
  request.rawBody = bytes
}

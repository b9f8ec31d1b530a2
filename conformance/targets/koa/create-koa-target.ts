// What the targets of both Koa majors have in common: everything but the import.
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBilling, memoryStore } from '@countersign/core'
import { type KoaContext, webhook } from '@countersign/koa'
import { bodyParser as dropBody } from '@koa/bodyparser'
import Router from '@koa/router'
import {
  createHarness,
  type Harness,
  type StartedTarget,
  type Target,
  type TargetEnvironment,
} from '../../src/target.ts'
import { closeServer } from '../close-server.ts'
import { versionOf } from '../version-of.ts'

interface Context extends Omit<KoaContext, 'request'> {
  readonly request: { req: IncomingMessage; body?: unknown; rawBody?: unknown }
  readonly method: string
  readonly url: string
  status: number
  body: unknown
}

type Middleware = (context: Context, next: () => Promise<unknown>) => unknown

/** The part of Koa that is used here, the same in 2 and 3. */
export interface Koa {
  use(middleware: Middleware): Koa
  on(event: 'error', listener: (error: unknown) => void): unknown
  listen(port: number, host: string): Server
}

export function createKoaTarget(
  KoaApplication: new () => Koa,
  packageName: string,
): Target {
  const target: Target = {
    implementation: {
      name: '@countersign/koa',
      version: versionOf('@countersign/koa'),
      language: 'typescript',
      framework: 'koa',
      frameworkVersion: versionOf(packageName),
      url: 'https://koajs.com',
    },
    features: [],
    variants: ['default', 'parser-keeps-bytes', 'parser-drops-bytes'],
    start,
  }

  async function start(environment: TargetEnvironment): Promise<StartedTarget> {
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
    const app = new KoaApplication()
    app.on('error', harness.logError)
    // koa-bodyparser leaves the text that it parsed in `rawBody`.
    const parse = dropBody() as unknown as Middleware
    if (environment.variant !== 'default') app.use(parse)
    if (environment.variant === 'parser-drops-bytes') app.use(forgetRawBody)

    app.use(webhook(billing, { path: '/webhooks/stripe' }))
    const router = new Router({ prefix: '/billing' })
    router.post('/webhooks/stripe', webhook(billing))
    app.use(router.routes() as unknown as Middleware)
    app.use(async (context, next) => {
      if (context.method !== 'POST' || context.path !== '/sibling') return next()
      await parse(context, async () => {})
      context.body = context.request.body
      return undefined
    })
    app.use((context, next) => answer(harness, context, next))

    const server = app.listen(environment.port, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server) }
  }

  return target
}

/** As parsers do that keep nothing but the parsed value, koa-body by default among them. */
function forgetRawBody(context: Context, next: () => Promise<unknown>): unknown {
  context.request.rawBody = undefined
  return next()
}

async function answer(
  harness: Harness,
  context: Context,
  next: () => Promise<unknown>,
): Promise<unknown> {
  const result = await harness.answer({
    method: context.method,
    url: context.url,
    header: (name) => context.req.headers[name]?.toString(),
    readJson: () => readJson(context),
  })
  if (result === undefined) return next()
  context.status = result.status
  context.body = result.body
  return undefined
}

async function readJson({ req, request }: Context): Promise<unknown> {
  if (typeof request.body === 'object' && request.body !== null) return request.body
  let text = ''
  for await (const chunk of req.setEncoding('utf8')) text += chunk
  return JSON.parse(text)
}

import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  EventType,
  HandlerContext,
  Handlers,
  Logger,
  StripeEvent,
  SyncTransaction,
} from '@countersign/core'
import { PROTOCOL, type TargetEnvironment } from '../target/environment.ts'
import { DEFAULT_ROUTES, type Manifest, type Target } from '../target/target.ts'
import {
  Application,
  type ApplicationAnswer,
  type PaymentRequest,
} from './application.ts'
import { handledTypes } from './handled-types.ts'
import { obey } from './instruction.ts'
import { Recorder } from './recorder.ts'

/** The part of a target that is the suite's: protocol endpoints, instructed handlers and the application's own routes. */
export interface Harness {
  /** Give it to `createBilling({ on })`. */
  readonly handlers: Handlers<SyncTransaction<unknown>>
  /** Give it to `createBilling({ logger })`: its lines are what checks on logs read. */
  readonly logger: Logger
  /** Writes an error that reached the framework's own error path to the log. */
  readonly logError: (error: unknown) => void
  /** Answers the harness's routes, or gives `undefined` for any other. `body` is the parsed JSON. */
  readonly answer: (request: HarnessRequest) => Promise<ApplicationAnswer | undefined>
  /** The same, for Express and everything that shares its shape of middleware. */
  readonly middleware: (
    request: IncomingMessage & { readonly body?: unknown },
    response: ServerResponse,
    next: (error?: unknown) => void,
  ) => void
  /** The same, for Fetch. Answers 404 for any other route. */
  readonly fetch: (request: Request) => Promise<Response>
}

export interface HarnessRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly header: (name: string) => string | undefined
  readonly readJson: () => Promise<unknown>
}

const PREFIX = '/__conformance__/'

/** Makes the harness of one target. Throws without a token: its endpoints must never be open. */
export function createHarness(
  environment: TargetEnvironment,
  target: Pick<Target, 'implementation' | 'features' | 'variants'>,
): Harness {
  if (!environment.token) throw new Error('the conformance endpoints need a token')
  const recorder = new Recorder()
  const application = new Application(environment)
  const manifest: Manifest = {
    protocol: PROTOCOL,
    implementation: target.implementation,
    features: target.features,
    variants: target.variants,
    routes: DEFAULT_ROUTES,
  }

  async function handle(
    type: EventType,
    event: StripeEvent,
    context: HandlerContext<SyncTransaction<unknown>>,
  ): Promise<void> {
    const object = event.data.object as {
      id?: string
      metadata?: Record<string, string> | null
    }
    const recording = recorder.of(object.metadata?.conformance_key ?? event.id)
    const entry = {
      eventId: event.id,
      type,
      account: context.account ?? null,
      payload: event,
    }
    recording.attempts.push(entry)
    await obey(object.metadata?.conformance, recording.attempts.length)
    await context.transaction(() => {
      if (!context.effect(`${type} of ${object.id}`)) return
      recording.effects.push(entry)
      application.apply(event)
    })
  }

  async function answer(request: HarnessRequest): Promise<ApplicationAnswer | undefined> {
    const url = URL.parse(request.url, 'http://target')
    if (url === null) return undefined
    const { pathname, searchParams } = url
    const route = `${request.method} ${pathname}`
    if (pathname.startsWith(PREFIX)) {
      if (!isAuthorized(request, environment.token)) return { status: 401, body: {} }
      switch (route) {
        case `GET ${PREFIX}manifest`:
          return { status: 200, body: manifest }
        case `GET ${PREFIX}effects`:
          return { status: 200, body: recorder.of(searchParams.get('key') ?? '') }
        case `GET ${PREFIX}state`:
          return {
            status: 200,
            body: application.accessOf(searchParams.get('owner') ?? ''),
          }
        default:
          return { status: 501, body: {} }
      }
    }
    const owner = request.header('x-conformance-owner') ?? ''
    switch (route) {
      case `POST ${DEFAULT_ROUTES.pay}`:
        return application.pay(owner, (await request.readJson()) as PaymentRequest)
      case `GET ${DEFAULT_ROUTES.access}`:
        return { status: 200, body: { granted: application.accessOf(owner).access } }
      default:
        return undefined
    }
  }

  const log =
    (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
      environment.log(
        `${level}: ${message}${fields === undefined ? '' : ` ${printed(fields)}`}`,
      )
    }
  return {
    handlers: Object.fromEntries(
      handledTypes.map((type) => [
        type,
        (event: StripeEvent, context: HandlerContext<SyncTransaction<unknown>>) =>
          handle(type, event, context),
      ]),
    ) as Handlers<SyncTransaction<unknown>>,
    logger: {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
    },
    logError: (error) => log('error')('unhandled', { error }),
    answer,
    middleware(request, response, next) {
      const { body } = request
      answer({
        method: request.method ?? '',
        url: request.url ?? '/',
        header: (name) => request.headers[name]?.toString(),
        readJson: () => readJson(request, body),
      })
        .then((result) => {
          if (result === undefined) return next()
          const text = JSON.stringify(result.body)
          response
            .writeHead(result.status, { 'content-type': 'application/json' })
            .end(text)
        })
        .catch(next)
    },
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const result = await answer({
        method: request.method,
        url: pathname + search,
        header: (name) => request.headers.get(name) ?? undefined,
        readJson: () => request.json(),
      })
      return result === undefined
        ? new Response('not found', { status: 404 })
        : Response.json(result.body, { status: result.status })
    },
  }
}

function isAuthorized({ header }: HarnessRequest, token: string): boolean {
  const given = Buffer.from(header('authorization') ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The JSON of a request, of which a parser may have left the value or the bytes. */
async function readJson(request: IncomingMessage, body: unknown): Promise<unknown> {
  if (body instanceof Uint8Array) return JSON.parse(Buffer.from(body).toString())
  if (typeof body === 'object' && body !== null) return body
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return JSON.parse(text)
}

function printed(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields, (_, value) =>
    value instanceof Error ? value.stack : value,
  )
}

import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  Clock,
  EventType,
  HandlerContext,
  Handlers,
  Logger,
  MirrorStore,
  StripeEvent,
  SyncTransaction,
  TransactionKind,
} from '@countersign/core'
import { PROTOCOL, type TargetEnvironment } from '../target/environment.ts'
import { DEFAULT_ROUTES, type Manifest, type Target } from '../target/target.ts'
import {
  Application,
  type ApplicationAnswer,
  type PaymentRequest,
} from './application.ts'
import { AttemptLog } from './attempt-log.ts'
import { type EffectLog, memoryEffects } from './effect-log.ts'
import { handledTypes } from './handled-types.ts'
import { obey } from './instruction.ts'
import { createOffsetClock } from './offset-clock.ts'
import type { Recording } from './recording.ts'

/** The part of a target that is the suite's: protocol endpoints, instructed handlers and the application's own routes. */
export interface Harness<Tx extends TransactionKind = SyncTransaction<unknown>> {
  /** Give it to `createBilling({ on })`. */
  readonly handlers: Handlers<Tx>
  /** Give it to `createBilling({ clock })` when the target has the feature `clock`: the suite then sets it. */
  readonly clock: Clock
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

export interface HarnessOptions<Tx extends TransactionKind> {
  /** `store.mirror` of the billing under test: what the application knows of subscriptions. */
  readonly mirror?: MirrorStore
  /**
   * Where the store is durable: keeps effects in its transactions. Attempts are then kept
   * in `DATA_DIR`. Default: both are in memory.
   */
  readonly effects?: EffectLog<Tx>
}

const PREFIX = '/__conformance__/'

/** Makes the harness of one target. Throws without a token: its endpoints must never be open. */
export function createHarness<Tx extends TransactionKind = SyncTransaction<unknown>>(
  environment: TargetEnvironment,
  target: Pick<Target, 'implementation' | 'features' | 'variants'>,
  { mirror, effects: durable }: HarnessOptions<Tx> = {},
): Harness<Tx> {
  if (!environment.token) throw new Error('the conformance endpoints need a token')
  const attempts = new AttemptLog(durable && environment.dataDirectory)
  // Without an option that says otherwise, `Tx` is what it is by default.
  const effects = durable ?? (memoryEffects() as unknown as EffectLog<Tx>)
  const application = new Application({ ...environment, mirror })
  const { setOffset, ...clock } = createOffsetClock()
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
    context: HandlerContext<Tx>,
  ): Promise<void> {
    const object = event.data.object as {
      id?: string
      metadata?: Record<string, string> | null
    }
    const key = object.metadata?.conformance_key ?? event.id
    const entry = {
      eventId: event.id,
      type,
      account: context.account ?? null,
      payload: event,
    }
    const attempt = attempts.add(key, entry)
    await obey(object.metadata?.conformance, attempt)
    await effects.commit(context, {
      businessKey: `${type} of ${object.id}`,
      key,
      entry,
      act: () => application.apply(event),
    })
  }

  async function recordingOf(key: string): Promise<Recording> {
    return { attempts: attempts.of(key), effects: await effects.of(key) }
  }

  async function answerProtocol(
    route: string,
    query: URLSearchParams,
    { readJson }: HarnessRequest,
  ): Promise<ApplicationAnswer> {
    switch (route) {
      case `GET ${PREFIX}manifest`:
        return { status: 200, body: manifest }
      case `GET ${PREFIX}effects`:
        return { status: 200, body: await recordingOf(query.get('key') ?? '') }
      case `GET ${PREFIX}state`: {
        const owner = query.get('owner') ?? ''
        return { status: 200, body: await application.stateOf(owner) }
      }
      case `POST ${PREFIX}clock`: {
        if (!target.features.includes('clock')) break
        const { offsetMs } = (await readJson()) as { offsetMs: number }
        setOffset(offsetMs)
        return { status: 200, body: {} }
      }
    }
    return { status: 501, body: {} }
  }

  async function answer(request: HarnessRequest): Promise<ApplicationAnswer | undefined> {
    const url = URL.parse(request.url, 'http://target')
    if (url === null) return undefined
    const { pathname, searchParams } = url
    const route = `${request.method} ${pathname}`
    if (pathname.startsWith(PREFIX)) {
      if (!isAuthorized(request, environment.token)) return { status: 401, body: {} }
      return answerProtocol(route, searchParams, request)
    }
    const owner = request.header('x-conformance-owner') ?? ''
    switch (route) {
      case `POST ${DEFAULT_ROUTES.pay}`:
        return application.pay(owner, (await request.readJson()) as PaymentRequest)
      case `GET ${DEFAULT_ROUTES.access}`: {
        const { access } = await application.stateOf(owner)
        return { status: 200, body: { granted: access } }
      }
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
        (event: StripeEvent, context: HandlerContext<Tx>) => handle(type, event, context),
      ]),
    ) as Handlers<Tx>,
    clock,
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

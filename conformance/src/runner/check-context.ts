import { randomUUID } from 'node:crypto'
import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OptionalFeature } from '../catalogue/optional-feature.ts'
import {
  type EventFacts,
  type FixtureEvent,
  type FixtureName,
  fixtureEvent,
} from '../fixtures/fixture.ts'
import type { Recording } from '../harness/recording.ts'
import type { Exchange, HttpRequest, HttpResponse } from '../probe/http-message.ts'
import type { Probe } from '../probe/probe.ts'
import { send } from '../probe/send.ts'
import { type RawConnection, sendRaw } from '../probe/send-raw.ts'
import { type SignatureOptions, signatureHeader } from '../signer/sign.ts'
import type { Routes } from '../target/target.ts'
import { CheckFailure } from './check-failure.ts'
import { TargetProblem } from './start-target.ts'
import type { StripeSide } from './stripe-side.ts'
import { type Fault, faultsBetween, type WebhookRequest } from './webhook-request.ts'

/** What one run of the suite against one started target has at hand. */
export interface Subject {
  readonly probe: Probe
  readonly variant: string
  /** What the target says that it has. */
  readonly features: readonly string[]
  readonly routes: Routes
  /** The first one is that of the emulator's webhook endpoint. */
  readonly webhookSecrets: readonly [string, ...string[]]
  readonly stripeSecretKey: string
  readonly timeoutMs: number
  /** How long the target waits for a body, in milliseconds, as far as is known. */
  readonly bodyTimeoutMs: number
  /** How long after a 2xx an effect may come, in milliseconds. */
  readonly settleMs: number
  /** Absent when the target is not connected to an emulator of this run. */
  readonly stripe?: StripeSide
  /** Ends the target as a crash would, and starts it again. Absent when it was not started by this run. */
  readonly restart?: () => Promise<void>
  /** All log lines so far; absent when the target was not started by this run. */
  readonly logs?: readonly string[]
  /** Every exchange of the run, for checks that look at all of them. */
  readonly exchanges: Exchange[]
}

/** Something that a check needs is not there. */
export class Untestable extends Error {
  override readonly name = 'Untestable'
}

/** How long a worker may take to begin with an event, in milliseconds. */
const WORKER_MS = 50

/** The classes in which an answer is judged. */
export type StatusClass = '2xx' | '4xx' | '5xx'

/** What a check works with: builds and sends webhooks, asks the target what they did, and judges. */
export class CheckContext {
  readonly subject: Subject
  /** The exchanges of this check, in the order in which they ended. */
  readonly exchanges: Exchange[] = []
  readonly #origin = performance.now()
  readonly #logsBefore: number

  constructor(subject: Subject) {
    this.subject = subject
    this.#logsBefore = subject.logs?.length ?? 0
  }

  /** A text that no other check uses. */
  nonce(): string {
    return randomUUID().replaceAll('-', '')
  }

  /** A new event, about a new object, unless the facts say otherwise. */
  event({
    fixture = 'compact',
    ...facts
  }: Partial<EventFacts> & { readonly fixture?: FixtureName } = {}): FixtureEvent {
    const nonce = this.nonce()
    return fixtureEvent(fixture, {
      id: `evt_${nonce}`,
      key: `key_${nonce}`,
      objectId: `in_${nonce}`,
      type: 'invoice.paid',
      instruction: 'ok',
      ...facts,
    })
  }

  /** The webhook of an event, signed with the first secret unless the options say otherwise. */
  webhook(
    event: FixtureEvent,
    { path, ...signature }: Partial<SignatureOptions> & { readonly path?: string } = {},
  ): WebhookRequest {
    const [secret] = this.subject.webhookSecrets
    return {
      event,
      method: 'POST',
      path: path ?? this.subject.routes.webhook,
      headers: [
        ['Content-Type', 'application/json; charset=utf-8'],
        ['User-Agent', 'Stripe/1.0 (+https://stripe.com/docs/webhooks)'],
        ['Stripe-Signature', signatureHeader(event.body, { secret, ...signature })],
      ],
      body: event.body,
      framing: 'content-length',
      cuts: [],
    }
  }

  /** Sends a request, and records what came of it. */
  async send(
    request: HttpRequest,
    {
      agent,
      timeoutMs = this.subject.timeoutMs,
    }: {
      readonly agent?: Agent | undefined
      readonly timeoutMs?: number | undefined
    } = {},
  ): Promise<Exchange> {
    const options = { timeoutMs, origin: this.#origin, ...(agent && { agent }) }
    return this.#record(await send(this.subject.probe.url, request, options))
  }

  /**
   * Sends a request by hand, for what no HTTP client would send, and records what came of it.
   *
   * @param request What it stands for; only its method, path and headers are sent by themselves.
   * @param write Writes the rest: the headers of its framing, an empty line, and its body.
   */
  async sendRaw(
    request: HttpRequest,
    write: (connection: RawConnection) => Promise<void> | void,
    timeoutMs: number = this.subject.timeoutMs,
  ): Promise<Exchange> {
    const options = { timeoutMs, origin: this.#origin }
    return this.#record(await sendRaw(this.subject.probe.url, request, write, options))
  }

  #record(exchange: Exchange): Exchange {
    this.exchanges.push(exchange)
    this.subject.exchanges.push(exchange)
    return exchange
  }

  /** What the target did for an event. */
  recording(event: FixtureEvent): Promise<Recording> {
    return this.subject.probe.effects(event.key)
  }

  /** The log lines since this check began. */
  logs(): readonly string[] {
    return this.allLogs().slice(this.#logsBefore)
  }

  /** The log lines of the whole run. */
  allLogs(): readonly string[] {
    const { logs } = this.subject
    if (logs !== undefined) return logs
    throw new Untestable('the logs of this target cannot be read')
  }

  /** The Stripe that the target talks to. */
  stripe(): StripeSide {
    const { stripe } = this.subject
    if (stripe !== undefined) return stripe
    throw new Untestable(
      'this needs stripe-mock and a target that was started by this run',
    )
  }

  has(feature: OptionalFeature): boolean {
    return this.subject.features.includes(feature)
  }

  /** Ends the target as a crash would, and starts it again with the same `DATA_DIR`. Only for checks that run alone. */
  async restart(): Promise<void> {
    const { restart } = this.subject
    if (restart === undefined) throw new Untestable('this target cannot be restarted')
    try {
      await restart()
    } catch (error) {
      if (!(error instanceof TargetProblem)) throw error
      throw new CheckFailure('a target that starts again', error.message)
    }
  }

  /** The answer of an exchange, when it is of this class. */
  expectStatus(exchange: Exchange, expected: StatusClass): HttpResponse {
    const { response, error } = exchange
    if (response === undefined)
      throw new CheckFailure(`an answer with a ${expected}`, `${error}`)
    if (isOfClass(response.status, expected)) return response
    throw new CheckFailure(`a ${expected}`, `${response.status} ${response.body}`.trim())
  }

  /** Holds when the webhook is answered with a 2xx and its event has acted exactly once. */
  async expectAccepted(request: WebhookRequest, agent?: Agent): Promise<HttpResponse> {
    const response = this.expectStatus(await this.send(request, { agent }), '2xx')
    await this.expectEffects(request.event, 1)
    return response
  }

  /**
   * Holds when an event has acted so many times. What is missing is waited for, and what is
   * too much is not: a receiver may act a little after its 2xx.
   */
  async expectEffects(
    event: FixtureEvent,
    count: number,
    patienceMs?: number,
  ): Promise<void> {
    const ask = () => this.recording(event)
    const isThere = (recording: Recording) => recording.effects.length >= count
    let { effects } = await this.settled(ask, isThere, patienceMs)
    if (effects.length === count && this.has('durable-processing')) {
      // What is too much would come a little later as well.
      await sleep(WORKER_MS)
      effects = (await ask()).effects
    }
    if (effects.length === count) return
    const expected = count === 1 ? 'exactly one effect' : `${count} effects`
    throw new CheckFailure(`${expected} of ${event.type}`, String(effects.length))
  }

  /**
   * Asks until an answer is as wanted, and gives the last one: for what may come a little
   * after a 2xx, or, where events are processed durably, when a worker comes to it.
   */
  async settled<T>(
    ask: () => Promise<T>,
    isWanted: (answer: T) => boolean,
    patienceMs: number = this.has('durable-processing')
      ? this.subject.timeoutMs
      : this.subject.settleMs,
  ): Promise<T> {
    const deadline = performance.now() + patienceMs
    for (let pause = 5; ; pause = Math.min(pause * 2, 50)) {
      const answer = await ask()
      if (isWanted(answer) || performance.now() >= deadline) return answer
      await sleep(pause)
    }
  }

  /** What is so as soon as a 2xx has come; where events are processed durably, when a worker has come to them. */
  whenActed<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
    return this.has('durable-processing') ? this.settled(ask, isWanted) : ask()
  }

  /**
   * Holds when webhooks with a fault are refused with a 4xx and their events do not act,
   * while one without it, of another event, is accepted and acts.
   *
   * @param faults The parts in which a faulty request may differ; any other is a defect of the check.
   * @param changes Each makes a faulty request of a good one.
   */
  async expectRefused(
    faults: readonly Fault[],
    changes: readonly ((good: WebhookRequest) => WebhookRequest)[],
    fixture: FixtureName = 'compact',
  ): Promise<void> {
    await this.expectAccepted(this.webhook(this.event({ fixture })))
    // All report under one key, so that the target is asked once what they did.
    const first = this.event({ fixture })
    for (const change of changes) {
      const good = this.webhook(this.event({ fixture, key: first.key }))
      const faulty = change(good)
      const found = faultsBetween(good, faulty)
      if (found.length === 0 || found.some((fault) => !faults.includes(fault))) {
        throw new Error(
          `a faulty request differs in [${found}], the check names [${faults}]`,
        )
      }
      this.expectStatus(await this.send(faulty), '4xx')
    }
    await this.expectEffects(first, 0)
  }
}

function isOfClass(status: number, expected: StatusClass): boolean {
  return Math.floor(status / 100) === Number(expected[0])
}

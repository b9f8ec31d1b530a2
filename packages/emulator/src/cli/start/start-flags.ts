import { type Command, Option } from 'commander'
import type { EmulatorOptions } from '../../server/emulator.ts'
import {
  apiVersion,
  days,
  eventTypes,
  rate,
  time,
  webhookSecret,
  webUrl,
  wholeNumber,
} from '../parse.ts'
import { DEFAULT_PORT } from '../remote/default-url.ts'

/** The flags of `countersign-emulator start`, as they were given or by their defaults. */
export interface StartFlags {
  readonly forwardTo?: string
  readonly events?: readonly string[]
  readonly webhookApiVersion?: string
  readonly webhookSecret?: string
  readonly apiVersion?: string
  readonly host: string
  readonly port: number
  readonly seed?: string
  readonly clock?: Date
  readonly frozen?: boolean
  readonly retrySchedule?: readonly number[]
  readonly afterRetries?: 'cancel' | 'unpaid' | 'past_due'
  readonly billingAutomations?: true
  readonly eventRetention?: number
  readonly faultRate?: number
  readonly json?: true
  readonly quiet?: true
}

export function addStartFlags(command: Command): Command {
  return command
    .option('--forward-to <url>', 'send every event to this webhook endpoint', webUrl)
    .option('--events <list>', 'send it only these types, as in a,b', eventTypes)
    .option(
      '--webhook-api-version <version>',
      'version of the events that are sent to it',
      apiVersion,
    )
    .option(
      '--webhook-secret <secret>',
      'sign with a secret that the application has already',
      webhookSecret,
    )
    .option(
      '--api-version <version>',
      'version of requests that name none, and of events',
      apiVersion,
    )
    .option(
      '--port <port>',
      '0 is any that is free',
      wholeNumber(0, 65_535),
      DEFAULT_PORT,
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option(
      '--seed <seed>',
      'the same ids every time, and a clock that stands at 2026-01-01 until it is moved',
    )
    .option('--clock <time>', 'when the clock begins, as in 2026-02-01T00:00:00Z', time)
    .option('--frozen', 'the clock moves only when it is told to')
    .option('--no-frozen', 'the clock goes on by itself, with a seed too')
    .option(
      '--retry-schedule <days>',
      'when a failed invoice is tried again: days after the attempt before, as in 1,3,5',
      days,
    )
    .addOption(
      new Option(
        '--after-retries <what>',
        'what becomes of a subscription when no retry is left (default: cancel)',
      ).choices(['cancel', 'unpaid', 'past_due']),
    )
    .option('--billing-automations', 'retries are planned by a billing automation')
    .option(
      '--event-retention <count>',
      'how many events are kept (default: 200000)',
      wholeNumber(1, 10_000_000),
    )
    .option(
      '--fault-rate <rate>',
      'of how many requests and webhooks something goes wrong by chance, from 0 to 1',
      rate,
    )
    .option('--json', 'one line of JSON for everything that happens')
    .option('--quiet', 'print the keys only, and no line for requests and webhooks')
}

/** What the library is to be told. @param secret Of the endpoint that events are forwarded to. */
export function optionsOf(flags: StartFlags, secret: string): EmulatorOptions {
  const { host, port, seed, clock, frozen, eventRetention, faultRate } = flags
  return {
    host,
    port,
    ...(seed !== undefined && { seed }),
    ...(clock !== undefined && { startAt: clock }),
    ...(frozen !== undefined && { isFrozen: frozen }),
    ...(eventRetention !== undefined && { eventRetention }),
    ...(faultRate !== undefined && { faultRate }),
    ...(flags.apiVersion !== undefined && { apiVersion: flags.apiVersion }),
    billing: {
      ...(flags.retrySchedule !== undefined && { retryDays: flags.retrySchedule }),
      ...(flags.afterRetries !== undefined && { afterRetries: flags.afterRetries }),
      ...(flags.billingAutomations && { automations: true }),
    },
    webhookEndpoints: endpointsOf(flags, secret),
  }
}

/** One for the platform's own events, and one for those of connected accounts, as `stripe listen` has. */
function endpointsOf(
  { forwardTo, events, webhookApiVersion }: StartFlags,
  secret: string,
): NonNullable<EmulatorOptions['webhookEndpoints']> {
  if (forwardTo === undefined) return []
  return [false, true].map((isConnect) => ({
    url: forwardTo,
    secret,
    enabledEvents: events,
    apiVersion: webhookApiVersion,
    isConnect,
  }))
}

import { setTimeout as wait } from 'node:timers/promises'
import { text } from '../../api/params.ts'
import { invalidParameter } from '../../api/stripe-error.ts'
import type { Commands, Controlled } from '../../control/command.ts'
import type { Account } from '../../state/account.ts'
import { emit } from '../../state/context.ts'
import { EVENT_TYPES } from '../event-types.ts'
import { NO_REQUEST, type StripeEvent } from '../stripe-event.ts'
import { fixturePathOf } from './fixture-paths.ts'
import { runScenario } from './run-scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** Some events come a second after what causes them. */
const MOST_POLLS = 300

/** Makes events on request. */
export const triggerCommands: Commands = {
  'POST /_emulator/events/trigger': async (params, controlled) => {
    const type = text(params, 'type') ?? ''
    if (!EVENT_TYPES.has(type)) {
      throw invalidParameter(
        `There is no type of event that is called '${type}'. See https://docs.stripe.com/api/events/types.`,
        { param: 'type' },
      )
    }
    const id = text(params, 'account')
    if (id && !/^acct_\w+$/.test(id)) {
      throw invalidParameter(`${id} is not the id of an account: acct_…`, {
        param: 'account',
      })
    }
    const account = id ? controlled.world.account(id) : controlled.account
    return SCENARIOS[type] === undefined
      ? fromFixture(type, { ...controlled, account })
      : really(type, { ...controlled, account })
  },
}

/** Does what brings the event about, with objects of its own. */
async function really(type: string, { account, world }: Controlled): Promise<unknown> {
  const [before] = account.events.newestFirst()
  await runScenario({ url: world.url, account: account.id }, SCENARIOS[type] ?? [])
  for (let polls = 1; ; polls++) {
    const events = eventsSince(account, before)
    const made = events.find((event) => event.type === type)
    if (made !== undefined) return answerOf(made, 'really', events)
    if (polls === MOST_POLLS) throw new Error(`no ${type} came of what makes it`)
    await wait(10)
  }
}

/** Takes the object from stripe-mock, which nothing else in the emulator knows of. */
async function fromFixture(
  type: string,
  { account, upstream }: Controlled,
): Promise<unknown> {
  const path = fixturePathOf(type)
  if (path === undefined) {
    throw invalidParameter(
      `${type} is about an object that neither the emulator nor stripe-mock has.`,
      { param: 'type' },
    )
  }
  const request = { method: 'GET', path, search: '', headers: {}, body: Buffer.alloc(0) }
  const { status, body } = await upstream.forward(request)
  if (status !== 200) throw new Error(`stripe-mock answers ${status} at ${path}`)
  const object = JSON.parse(body.toString()) as object
  const [before] = account.events.newestFirst()
  const { timeline } = account.world
  emit({ account, timeline, request: NO_REQUEST }, type, { ...object, livemode: false })
  const [made] = eventsSince(account, before)
  if (made === undefined) throw new Error('the event was forgotten at once')
  return answerOf(made, "from stripe-mock's fixture", [made])
}

/** Oldest first. */
function eventsSince(
  account: Account,
  before: StripeEvent | undefined,
): readonly StripeEvent[] {
  const events: StripeEvent[] = []
  for (const event of account.events.newestFirst()) {
    if (event === before) break
    events.unshift(event)
  }
  return events
}

function answerOf(
  { id, type }: StripeEvent,
  made: string,
  events: readonly StripeEvent[],
): unknown {
  return { event: id, type, made, events: events.map((event) => [event.id, event.type]) }
}

import {
  type BillingOptions,
  type DeclaredEffect,
  defineHandlers,
  type HandlerContext,
  type NamedHandlers,
  type StripeEvent,
} from '@countersign/core'
import type { Database, SimulatedTransaction } from './database.ts'
import type { Life } from './scheduler.ts'
import type { World } from './world.ts'

type Context = HandlerContext<SimulatedTransaction>

/** What the simulated application does for each type: `run` in a transaction, or `declare`. */
const GROUPS = {
  grants: {
    'customer.created': 'declare',
    'customer.subscription.created': 'run',
    'customer.subscription.updated': 'run',
    'customer.subscription.deleted': 'run',
    'invoice.paid': 'run',
    'invoice.payment_failed': 'declare',
    'charge.succeeded': 'declare',
    'payout.paid': 'run',
    'balance.available': 'run',
  },
  mails: {
    'customer.created': 'run',
    'customer.subscription.deleted': 'declare',
    'invoice.paid': 'run',
    'invoice.payment_failed': 'declare',
    'payout.paid': 'run',
  },
} as const satisfies Record<
  string,
  Partial<Record<StripeEvent['type'], 'run' | 'declare'>>
>

type GroupName = keyof typeof GROUPS

/** How a run goes wrong. */
const FAULTS = [
  'throws',
  'throws nothing',
  'throws in its transaction',
  'throws after its transaction',
  'takes too long',
  'never ends',
  'awaits nothing',
  'commits twice',
  'is asynchronous in its transaction',
] as const

export interface ExpectedHandler {
  readonly group: GroupName
  readonly how: 'run' | 'declare'
}

export function expectedHandlers(type: string): readonly ExpectedHandler[] {
  return (Object.keys(GROUPS) as GroupName[]).flatMap((group) => {
    const how = (GROUPS[group] as Partial<Record<string, 'run' | 'declare'>>)[type]
    return how === undefined ? [] : [{ group, how }]
  })
}

/** The business key: one for all events that tell of one change. */
export function effectOf(group: string, type: string, change: string): string {
  return `${group}: ${type} ${change}`
}

/** Whether a handler that runs finds nobody whom the event belongs to. */
export function isOwnerless(group: string, object: object): boolean {
  const { metadata } = object as { metadata?: { owner?: string | null } }
  return group === 'grants' && metadata?.owner === null
}

export function simulatedHandlers(
  world: World,
  { ledger }: Database,
  life: Life,
  changeOf: (eventId: string) => string,
): Pick<BillingOptions<SimulatedTransaction>, 'on' | 'onEvent'> {
  const { chooser, plan, scheduler } = world

  const pause = (what: string) => scheduler.sleep(life, world.pace(), what)

  async function run(
    group: string,
    event: StripeEvent,
    context: Context,
  ): Promise<unknown> {
    const begun = ledger.began(life, event.id, context.signal)
    const fault = world.happens(plan.handlerFaults) ? chooser.of(FAULTS) : undefined
    scheduler.note(
      `${life.name}  ${group} begins ${event.id}${fault ? ` and ${fault}` : ''}`,
    )
    try {
      return await act(group, event, context, fault)
    } finally {
      if (begun !== undefined) ledger.ended(begun)
    }
  }

  async function act(
    group: string,
    event: StripeEvent,
    context: Context,
    fault: (typeof FAULTS)[number] | undefined,
  ): Promise<void> {
    while (chooser.oneIn(2)) await pause(`${group} works on ${event.id}`)
    const { id: eventId, type } = event
    if (fault === 'throws') throw new Error('the application failed')
    if (fault === 'throws nothing') await Promise.reject(undefined)
    if (fault === 'never ends') await new Promise(() => {})
    if (fault === 'takes too long') {
      const delayMs = plan.handlerTimeoutMs + chooser.below(10_000)
      await scheduler.sleep(life, delayMs, `${group} works too long on ${eventId}`)
    }
    if (isOwnerless(group, event.data.object)) return context.unmatched('no owner')
    const effect = effectOf(group, type, changeOf(eventId))
    const commit = () =>
      context.transaction((tx): undefined => {
        if (context.effect(effect)) {
          tx.insert({ effect, eventId })
          context.outbox({ topic: 'mail', key: `mail of ${effect}`, payload: { effect } })
        }
        if (fault === 'throws in its transaction') throw new Error('a constraint failed')
        // What a cast, or plain JavaScript, lets through.
        if (fault === 'is asynchronous in its transaction')
          return Promise.resolve() as unknown as undefined
      })
    if (fault === 'awaits nothing') {
      void commit()
      return
    }
    if (fault === 'commits twice') await Promise.all([commit(), commit()])
    // Some try again by themselves what has failed.
    if (chooser.oneIn(2)) await commit().catch(commit)
    else await commit()
    if (fault === 'throws after its transaction') throw new Error('too late')
    while (chooser.oneIn(3)) await pause(`${group} tidies up after ${eventId}`)
  }

  function declare(group: string, event: StripeEvent): DeclaredEffect {
    if (world.happens(plan.handlerFaults)) throw new Error('the application cannot say')
    const effect = effectOf(group, event.type, changeOf(event.id))
    const key = `mail of ${effect} by ${event.id}`
    return { effect, send: [{ topic: 'mail', key, payload: { effect } }] }
  }

  const toGroup = (group: GroupName): NamedHandlers<SimulatedTransaction> =>
    defineHandlers(
      group,
      Object.fromEntries(
        Object.entries(GROUPS[group]).map(([type, how]) => [
          type,
          how === 'run'
            ? (event: StripeEvent, context: Context) => run(group, event, context)
            : { declare: (event: StripeEvent) => declare(group, event) },
        ]),
      ),
    )

  return {
    on: [toGroup('grants'), toGroup('mails')],
    ...(plan.hasOnEvent && {
      onEvent: async (event: StripeEvent) => {
        await pause(`onEvent sees ${event.id}`)
        if (world.happens(plan.handlerFaults)) throw new Error('onEvent failed')
      },
    }),
  }
}

import process from 'node:process'
import type { Delivery } from '@countersign/core'
import { at, claim, DONE, delivery, type Instance } from '../store-context.ts'

/** How many events are under way. */
const EVENTS = 36

/** What a process tells before it is killed: an event that its store has acknowledged, and how. */
export interface Acknowledgement {
  readonly eventId: string
  readonly state: 'received' | 'processed'
}

export function crashEvent(name: string): Delivery {
  return delivery({ key: { eventId: `evt_crash_${name}` }, objectId: `in_${name}` })
}

/** Events of a process at work: their effect and their row have the name of their id. */
export function loadEvents(name: string): readonly Delivery[] {
  return Array.from({ length: EVENTS }, (_, index) => crashEvent(`${name}_${index}`))
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** What a process does with its store until it is killed. */
export const scenarios = {
  /** It dies at the end of a transaction's callback. */
  async 'in-transaction'(store: Instance): Promise<void> {
    await store.commit(await claim(store, crashEvent('inside')), DONE, {
      effects: ['inside'],
      messages: [{ topic: 'mail', key: 'inside', payload: null }],
      rows: ['inside'],
      last: kill,
    })
  },

  /** It dies with one of its first acknowledgements, while all its calls are under way. */
  'at-first': (store: Instance): Promise<void> => work(store, loadEvents('at-first'), 9),

  /** It dies when almost everything has been acknowledged. */
  'at-last': (store: Instance): Promise<void> =>
    work(store, loadEvents('at-last'), EVENTS - 2),
} as const

export type Scenario = keyof typeof scenarios

/** Does a third of the events in each way that there is, and dies with an acknowledgement of that number. */
async function work(
  store: Instance,
  events: readonly Delivery[],
  last: number,
): Promise<void> {
  let count = 0
  const acknowledge = (eventId: string, state: Acknowledgement['state']) => {
    count += 1
    const isLast = count === last
    const acknowledgement: Acknowledgement = { eventId, state }
    process.send?.(acknowledgement, undefined, {}, () => {
      if (isLast) kill()
    })
  }
  const run = async (event: Delivery, index: number) => {
    const { eventId } = event.key
    if (index % 3 === 0) {
      await store.record(event, 'received', at(0))
      acknowledge(eventId, 'received')
    } else if (index % 3 === 1) {
      const mark = { ...DONE, declared: [{ effect: eventId }] }
      await store.claimAndCommit(event, mark, at(0))
      acknowledge(eventId, 'processed')
    } else {
      const lease = await claim(store, event)
      await store.commit(lease, DONE, { effects: [eventId], rows: [eventId] })
      acknowledge(eventId, 'processed')
    }
  }
  await Promise.all(events.map(run))
}

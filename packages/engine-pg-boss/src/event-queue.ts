import type { EventKey } from '@countersign/core'
import type { Db, JobInsert, Queue } from 'pg-boss'
import type { Boss, PgBossEngineOptions } from './options.ts'

/** The queue of one mode: a worker finds no event of the other mode, and would take its job for done. */
export interface EventQueue {
  readonly name: string
  /** How often a job is tried, the first time included. */
  readonly limit: number
  /** The longest wait between two tries, in milliseconds. */
  readonly longestDelayMs: number
  /** Puts the queue's options right, in a process that works. Creates it where needed. */
  readonly configure: () => Promise<void>
  /** Adds a job for each event that has none waiting. Creates the queue where needed. */
  readonly insert: (jobs: readonly EventJob[], db?: Db) => Promise<void>
}

export interface EventJob extends JobInsert<EventKey> {
  readonly data: EventKey
}

const DEFAULTS = {
  retryLimit: 9,
  retryDelay: 5,
  retryBackoff: true,
  expireInSeconds: 900,
  heartbeatSeconds: 60,
  deleteAfterSeconds: 86_400,
  notify: false,
} satisfies Partial<Queue>

/** In seconds, unless the options say another. */
const LONGEST_DELAY = 3_600

export function eventQueue(
  boss: Boss,
  livemode: boolean,
  { name: prefix = 'countersign', queue: given = {} }: PgBossEngineOptions,
): EventQueue {
  const name = `${prefix}-${livemode ? 'live' : 'test'}`
  const deadLetter = `${name}-dead`
  const { retryBackoff = true } = given
  const settings = {
    ...DEFAULTS,
    // pg-boss refuses it where waits do not grow.
    ...(retryBackoff && { retryDelayMax: LONGEST_DELAY }),
    ...given,
    deadLetter,
  }
  let creating: Promise<void> | undefined

  async function create(): Promise<void> {
    await boss.createQueue(deadLetter)
    // `short`: of each singleton key one job waits at most, and more are not added.
    await boss.createQueue(name, { ...settings, policy: 'short' })
  }

  function created(): Promise<void> {
    creating ??= create().catch((error: unknown) => {
      creating = undefined
      throw error
    })
    return creating
  }

  return {
    name,
    limit: settings.retryLimit + 1,
    longestDelayMs: (settings.retryDelayMax ?? settings.retryDelay) * 1_000,

    async configure() {
      await created()
      await boss.updateQueue(name, settings)
    },

    async insert(jobs, db) {
      await created()
      const keyed = jobs.map((job) => ({ ...job, singletonKey: singletonKey(job.data) }))
      await boss.insert(name, keyed, db === undefined ? {} : { db })
    },
  }
}

function singletonKey({ account, eventId }: EventKey): string {
  return account === '' ? eventId : `${account} ${eventId}`
}

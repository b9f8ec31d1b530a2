import type { Sender } from '@countersign/core'
import type { Database } from './database.ts'
import type { Life } from './scheduler.ts'
import type { World } from './world.ts'

const FAULTS = [
  'fails',
  'fails after it has sent',
  'throws nothing',
  'never ends',
] as const

export function simulatedSenders(
  world: World,
  { messages }: Database,
  life: Life,
): Readonly<Record<string, Sender>> {
  const { scheduler, chooser, plan } = world
  return {
    async mail(_, { key }): Promise<void> {
      const fault = world.happens(plan.senderFaults) ? chooser.of(FAULTS) : undefined
      await scheduler.sleep(
        life,
        world.pace(),
        `sends ${key}${fault ? ` and ${fault}` : ''}`,
      )
      if (fault === 'fails') throw new Error('the mail server is down')
      if (fault === 'throws nothing') await Promise.reject(undefined)
      if (fault === 'never ends') await new Promise(() => {})
      messages.sent(key)
      if (fault === 'fails after it has sent') throw new Error('the answer was lost')
    },
  }
}

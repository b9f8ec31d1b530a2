import type { Database } from './database.ts'
import type { Life } from './scheduler.ts'
import type { World } from './world.ts'

/** How one call of the store fails: it is refused, cut off after its effect, not answered without or with its effect, or comes very late. */
const FAULTS = ['refused', 'cut', 'swallowed', 'mute', 'late'] as const

/** The latest that a call comes, in virtual milliseconds. */
const LATEST_MS = 30_000

export type Call = <T>(
  what: string,
  apply: () => Promise<T>,
  canOutlive?: boolean,
) => Promise<T>

/**
 * Gives a process its way to the database. Each call takes effect at a moment that the
 * scheduler picks, and is answered at a later one; it takes effect wholly or not at all.
 */
export function createCalls(world: World, database: Database, life: Life): Call {
  const { scheduler, chooser, plan } = world

  function wake(isOwnHeard: boolean): void {
    for (const due of database.takeWoken()) {
      for (const { life: other, listener } of database.listeners) {
        const isHeard =
          other === life ? isOwnHeard : plan.isShared && !world.happens(plan.storeFaults)
        if (!isHeard) continue
        scheduler.after(world.pace(), `hears of a ${due}`, () => listener(due), other)
      }
    }
  }

  return (what, apply, canOutlive = true) =>
    new Promise((resolve, reject) => {
      const fault = world.happens(plan.storeFaults) ? chooser.of(FAULTS) : undefined
      const answer = (text: string, settle: () => void) =>
        scheduler.after(world.pace(), `is answered ${what}: ${text}`, settle, life)
      const refuse = (text: string) => {
        answer(text, () => reject(new Error(`connection ${text}`)))
      }

      const arrive = async (): Promise<void> => {
        // When all is well again, nothing of the storm is on its way any more.
        if (fault === 'swallowed' || (fault === 'late' && world.isHealed)) return
        if (fault === 'refused' || database.isDown) return refuse('refused')
        try {
          const value = await apply()
          wake(fault === undefined || fault === 'late')
          if (fault === 'cut') return refuse('cut')
          if (fault === 'mute') return
          const status = (value as { status?: string } | undefined)?.status
          answer(status ?? 'done', () => resolve(value))
        } catch (error) {
          answer('failed', () => reject(error))
        }
      }
      const delayMs = world.pace() + (fault === 'late' ? chooser.below(LATEST_MS) : 0)
      const label = fault === undefined ? what : `${what} (${fault})`
      scheduler.after(delayMs, `calls ${label}`, () => void arrive(), life, canOutlive)
    })
}

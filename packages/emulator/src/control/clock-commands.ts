import { type Params, text } from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import { END_OF_TIME } from '../state/timeline.ts'
import type { World } from '../state/world.ts'
import type { Commands } from './command.ts'
import { secondsOf, timeOf } from './duration.ts'

/** The one clock of the whole emulator. Test clocks are Stripe's own, and moved as there. */
export const clockCommands: Commands = {
  'GET /_emulator/clock': (_, { world }) => clockOf(world),
  'POST /_emulator/clock/advance': async (params, { world }) => {
    const target = targetOf(params, world.timeline.exactNow())
    if (!(target <= END_OF_TIME)) {
      throw invalidParameter('The clock goes to the year 9999 and no further.', {
        param: 'to',
      })
    }
    if (target < world.timeline.exactNow()) {
      throw invalidParameter('The clock only goes forward.', { param: 'to' })
    }
    await world.timeline.advanceTo(target)
    return clockOf(world)
  },
}

function clockOf({ timeline }: World): unknown {
  const now = timeline.now()
  return {
    now,
    time: new Date(now * 1000).toISOString(),
    next: timeline.nextAt() ?? null,
  }
}

/** `by=1m`, `seconds=60` or `to=` a time. */
function targetOf(params: Params, now: number): number {
  const by = text(params, 'by') ?? text(params, 'seconds')
  if (by) return now + secondsOf(by, new Date(now * 1000))
  const to = text(params, 'to')
  if (!to) {
    throw invalidParameter(
      'Say how far, as in by=36h or by=1mo, or where to, as in to=2026-02-01T00:00:00Z.',
      { param: 'by' },
    )
  }
  return timeOf(to)
}

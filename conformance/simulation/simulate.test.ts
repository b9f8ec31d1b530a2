import { describe, expect, it } from 'vitest'
import { simulate } from './simulate.ts'

describe('a simulated world', () => {
  it('is the same for the same seed, step by step', async () => {
    for (const seed of [1, 2, 3, 40, 500]) {
      const first = await simulate(seed, { isTraced: true })
      // Another world between them must not matter, nor must the trace.
      await simulate(seed + 1)
      const second = await simulate(seed, { isTraced: true })
      const untraced = await simulate(seed)
      expect(second).toEqual(first)
      expect(untraced).toEqual({ ...first, trace: [] })
      expect(first.steps).toBeGreaterThan(10)
    }
  })

  it('is another one for another seed', async () => {
    const worlds = await Promise.all([7, 8, 9].map((seed) => simulate(seed)))
    expect(new Set(worlds.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  })

  it('meets everything that may go wrong, and keeps every promise', async () => {
    const traces: string[] = []
    for (let seed = 1; seed <= 250; seed += 1) {
      const { violation, trace } = await simulate(seed, { isTraced: true })
      expect(violation, `seed ${seed}`).toBeUndefined()
      traces.push(...trace)
    }
    const all = traces.join('\n')
    expect(SIGHTS.filter((sight) => !sight.test(all))).toEqual([])
  })
})

/** What a storm consists of. A simulation that never sees one of these would prove nothing about it. */
const SIGHTS: readonly RegExp[] = [
  /CRASHES/,
  /is started again/,
  /is stopped with 10000 ms of grace/,
  /has its clock -\d{5,} ms ahead/,
  /the store goes down/,
  /calls claim evt_\d+ \(\w+\)/,
  /calls claimAndCommit evt_\d+ \(\w+\)/,
  /calls record evt_\d+ received \(\w+\)/,
  /calls commit evt_\d+ [\w ]+ \(refused\)/,
  /calls commit evt_\d+ [\w ]+ \(cut\)/,
  /calls commit evt_\d+ [\w ]+ \(mute\)/,
  /calls commit evt_\d+ [\w ]+ \(swallowed\)/,
  /calls release evt_\d+ \w+ \(\w+\)/,
  /calls claimNext \(late\)/,
  /calls release evt_\d+ received/,
  /calls release evt_\d+ dead/,
  /drains for 20 ms/,
  /begins evt_\d+ and never ends/,
  /begins evt_\d+ and takes too long/,
  /begins evt_\d+ and throws nothing/,
  /begins evt_\d+ and commits twice/,
  /sends .* and fails after it has sent/,
  /is answered \/v1\/\w+\/\w+ and it is late/,
  /is answered \/v1\/\w+\/\w+ and it fails/,
  /unmatched/,
  /v1\.customer\.subscription\.updated/,
  /hears of evt_\d+: a reset/,
  /hears of evt_\d+: nothing/,
  /waits no longer for evt_\d+/,
  /"processed"/,
  /"stored"/,
  /"ignored"/,
  /"other_mode"/,
  /"duplicate"/,
  /"handler_failed"/,
  /"store_unavailable"/,
  /"in_flight"/,
  /"signature_invalid"/,
]

import type { Buffer } from 'node:buffer'
import {
  atMost,
  type Benchmark,
  type Figure,
  type Goal,
  type Plan,
} from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { requestsIn, runLoad } from '../src/load/run-load.ts'
import { type RunningServer, startServer } from '../src/servers/start-server.ts'
import { ratiosOf } from '../src/statistics.ts'

const routes = [
  'bare',
  'by-hand',
  'verify',
  'verify-one-shot',
  'receive',
  'receive-one-shot',
] as const
type Route = (typeof routes)[number]

/** What our work on an event adds to a real server, where garbage has to be collected too. */
export const server: Benchmark = {
  about:
    'CPU time that an event of 4 kB adds to a node:http server which only reads it, against constructEvent',
  async run(plan) {
    const servers = new Map<Route, RunningServer>()
    try {
      for (const route of routes) servers.set(route, await startServer('node-http'))
      return toFigures(await measureAll(servers, plan))
    } finally {
      await Promise.all([...servers.values()].map(({ stop }) => stop()))
    }
  },
}

/** Microseconds of CPU time for each request, by round. */
interface Costs {
  readonly all: number[]
  /** Without the time spent in the operating system. */
  readonly user: number[]
}

interface Side extends Costs {
  readonly route: Route
  readonly url: string
  readonly server: RunningServer
  readonly amount: number
}

async function measureAll(
  servers: ReadonlyMap<Route, RunningServer>,
  { rounds, quick, onProgress }: Plan,
): Promise<readonly Side[]> {
  const event = createStripeEvent(4_096)
  const sides: Side[] = []
  for (const [route, running] of servers) {
    onProgress(`warming up ${route}`)
    const url = `${running.url}/${route}`
    const amount = await requestsIn(quick ? 20 : 500, url, event)
    sides.push({ route, url, server: running, amount, all: [], user: [] })
  }
  // Round 0 belongs to the warm-up.
  for (let round = 0; round <= rounds; round++) {
    if (round > 0) onProgress(`round ${round} of ${rounds}`)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const cost = await measure(side, event)
      if (round === 0) continue
      side.all.push(cost.all)
      side.user.push(cost.user)
    }
  }
  return sides
}

async function measure({ server, url, amount }: Side, event: Buffer) {
  const before = { all: await server.ask('cpu'), user: await server.ask('userCpu') }
  const { requests } = await runLoad(url, event, amount)
  const after = { all: await server.ask('cpu'), user: await server.ask('userCpu') }
  return {
    all: (after.all - before.all) / requests,
    user: (after.user - before.user) / requests,
  }
}

function toFigures(sides: readonly Side[]): readonly Figure[] {
  const costs = (route: Route, part: keyof Costs) =>
    sides.find((side) => side.route === route)?.[part] ?? []
  const addedBy = (route: Route, part: keyof Costs) => {
    const bare = costs('bare', part)
    return costs(route, part).map((cost, round) => cost - (bare[round] ?? Number.NaN))
  }
  const ratio = (
    id: string,
    route: Route,
    { part = 'all', goal, note }: { part?: keyof Costs; goal?: Goal; note?: string } = {},
  ): Figure => ({
    id,
    unit: '×',
    rounds: ratiosOf(addedBy(route, part), addedBy('by-hand', part)),
    ...(goal && { goal }),
    ...(note && { note }),
  })
  return [
    ratio('verify-and-parse', 'verify', { goal: atMost(0.75) }),
    ratio('verify-and-parse-one-shot', 'verify-one-shot', { goal: atMost(0.5) }),
    ratio('verify-and-parse-user', 'verify', {
      part: 'user',
      note: 'without the operating system: what waking the client costs depends on the client',
    }),
    ratio('verify-and-parse-one-shot-user', 'verify-one-shot', { part: 'user' }),
    ratio('receive', 'receive', {
      note: 'does more than constructEvent: deadline, limit of size, and the event is recorded',
    }),
    ratio('receive-one-shot', 'receive-one-shot'),
    ...sides.map(
      ({ route, all }): Figure => ({ id: `${route}-time`, unit: 'µs', rounds: all }),
    ),
  ]
}

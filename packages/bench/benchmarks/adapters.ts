import type { Buffer } from 'node:buffer'
import { atLeast, type Benchmark, type Figure, type Plan } from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { type Load, requestsIn, runLoad } from '../src/load/run-load.ts'
import { buildNextApp } from '../src/servers/build-next-app.ts'
import { type RunningServer, startServer } from '../src/servers/start-server.ts'
import { medianOf, ratiosOf } from '../src/statistics.ts'

/** How many requests per second an adapter must answer for each one of the handler by hand. */
const goals = { express: 1.05, koa: 1.05, remix: 0.97, next: 0.97 } as const
type Adapter = keyof typeof goals

/** Our adapters, in the frameworks that they are for. */
export const adapters: Benchmark = {
  about:
    'requests per second of webhook(billing), against a handler by hand with constructEvent',
  async run(plan) {
    await buildNextApp(plan.onProgress)
    const figures: Figure[] = []
    for (const adapter of ['express', 'koa', 'remix', 'next'] as const)
      figures.push(...(await compareIn(adapter, plan)))
    return figures
  },
}

const routes = ['ours', 'ours-one-shot', 'by-hand'] as const
type Route = (typeof routes)[number]

interface Side {
  readonly server: RunningServer
  readonly url: string
  readonly amount: number
  readonly slices: Slice[]
}

interface Slice extends Load {
  /** CPU time of the server for each request, in microseconds. */
  readonly cpu: number
}

/** One process compiles the same code better than another, so the servers are started anew so often. */
const GENERATIONS = 3

async function compareIn(adapter: Adapter, plan: Plan): Promise<readonly Figure[]> {
  const event = createStripeEvent(4_096)
  const slices: Record<Route, Slice[]> = { ours: [], 'ours-one-shot': [], 'by-hand': [] }
  const generations = plan.quick ? 1 : GENERATIONS
  for (let generation = 0; generation < generations; generation++) {
    plan.onProgress(`${adapter}: servers ${generation + 1} of ${generations}`)
    const rounds = Math.ceil(plan.rounds / generations)
    await measureGeneration(adapter, { ...plan, rounds }, event, slices)
  }
  return toFigures(adapter, slices)
}

async function measureGeneration(
  adapter: Adapter,
  { rounds, quick }: Plan,
  event: Buffer,
  slices: Readonly<Record<Route, Slice[]>>,
): Promise<void> {
  const servers: RunningServer[] = []
  const sides: Side[] = []
  try {
    for (const route of routes) {
      const server = await startServer(adapter)
      servers.push(server)
      const url = `${server.url}/${route}`
      const amount = await requestsIn(quick ? 20 : 700, url, event)
      sides.push({ server, url, amount, slices: slices[route] })
    }
    // Round 0 belongs to the warm-up.
    for (let round = 0; round <= rounds; round++) {
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        const slice = await measure(side, event)
        if (round > 0) side.slices.push(slice)
      }
    }
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()))
  }
}

async function measure({ server, url, amount }: Side, event: Buffer): Promise<Slice> {
  const before = await server.ask('cpu')
  const load = await runLoad(url, event, amount)
  const after = await server.ask('cpu')
  return { ...load, cpu: (after - before) / load.requests }
}

function toFigures(
  adapter: Adapter,
  slices: Readonly<Record<Route, readonly Slice[]>>,
): readonly Figure[] {
  const rounds = (route: Route, part: keyof Slice) =>
    slices[route].map((slice) => slice[part])
  const ratios = (route: Route, part: keyof Slice) =>
    ratiosOf(rounds(route, part), rounds('by-hand', part))
  const rate = (route: Route) => Math.round(medianOf(rounds(route, 'requestsPerSecond')))
  return [
    {
      id: `${adapter}-requests`,
      unit: '×',
      rounds: ratios('ours', 'requestsPerSecond'),
      goal: atLeast(goals[adapter]),
      note: `${rate('ours')} against ${rate('by-hand')} a second; ours also records every event, by hand none is.`,
    },
    {
      id: `${adapter}-one-shot-requests`,
      unit: '×',
      rounds: ratios('ours-one-shot', 'requestsPerSecond'),
    },
    { id: `${adapter}-server-cpu`, unit: '×', rounds: ratios('ours', 'cpu') },
    {
      id: `${adapter}-one-shot-server-cpu`,
      unit: '×',
      rounds: ratios('ours-one-shot', 'cpu'),
    },
  ]
}

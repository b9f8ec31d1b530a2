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
  readonly route: Route
  readonly server: RunningServer
  readonly url: string
  readonly amount: number
}

interface Slice extends Load {
  /** CPU time of the server for each request, in microseconds. */
  readonly cpu: number
}

/**
 * One process compiles the same code better than another, by a fifth in Remix: so each round
 * has servers of its own, all of them alive while it is measured.
 */
async function compareIn(
  adapter: Adapter,
  { rounds, quick, onProgress }: Plan,
): Promise<readonly Figure[]> {
  const event = createStripeEvent(4_096)
  const slices: Record<Route, Slice[]> = { ours: [], 'ours-one-shot': [], 'by-hand': [] }
  for (let round = 0; round < rounds; round++) {
    onProgress(`${adapter}: round ${round + 1} of ${rounds}`)
    const order = round % 2 === 0 ? routes : routes.toReversed()
    await measureRound(adapter, order, quick ? 20 : 700, event, slices)
  }
  return toFigures(adapter, slices)
}

/** @param sliceMs How long each side is measured, about, and warmed up before, in milliseconds. */
async function measureRound(
  adapter: Adapter,
  order: readonly Route[],
  sliceMs: number,
  event: Buffer,
  slices: Readonly<Record<Route, Slice[]>>,
): Promise<void> {
  const servers: RunningServer[] = []
  const sides: Side[] = []
  try {
    for (const route of order) {
      const server = await startServer(adapter)
      servers.push(server)
      const url = `${server.url}/${route}`
      sides.push({ route, server, url, amount: await requestsIn(sliceMs, url, event) })
    }
    for (const side of sides) slices[side.route].push(await measure(side, event))
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

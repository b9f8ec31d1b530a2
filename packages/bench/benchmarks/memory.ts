import {
  atLeast,
  atMost,
  type Benchmark,
  type Figure,
  type Plan,
} from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { postRaw, type RawBody } from '../src/load/post-raw.ts'
import { runLoad } from '../src/load/run-load.ts'
import { buildNextApp } from '../src/servers/build-next-app.ts'
import { type RunningServer, startServer } from '../src/servers/start-server.ts'

const MB = 1_048_576
/** The longest body that is read by default. */
const CAP_MB = 1
const STALL_ROUNDS = 3
const BODY_TIMEOUT_MS = 4_000

/** What senders without a secret do to a server. */
interface Attack {
  readonly name: string
  readonly connections: number
  readonly body: RawBody
  /** What the server has to answer. */
  readonly status: number
}

const announced: Attack = {
  name: '64mb-announced',
  connections: 1,
  body: { announced: 64 * MB, bytes: 64 * MB },
  status: 413,
}
const chunked: Attack = {
  ...announced,
  name: '64mb-chunked',
  body: { announced: 'chunked', bytes: 64 * MB },
}
const stalled: Attack = {
  name: 'stalled',
  connections: 200,
  body: { announced: 900_000, bytes: 768_000 },
  status: 408,
}

/** What senders without a secret can make a server hold. */
export const memory: Benchmark = {
  about:
    'memory outside the JavaScript heap, over that of the idle server, while unsigned bodies arrive',
  async run(plan) {
    await buildNextApp(plan.onProgress)
    const figures: Figure[] = []
    for (const adapter of ['express', 'koa', 'remix', 'next'] as const)
      figures.push(...(await measureIn(adapter, plan)))
    return figures
  },
}

async function measureIn(
  adapter: 'express' | 'koa' | 'remix' | 'next',
  { rounds, quick, onProgress }: Plan,
): Promise<readonly Figure[]> {
  const server = await startServer(adapter, quick ? 500 : BODY_TIMEOUT_MS)
  const url = `${server.url}/ours`
  const visits: Visit[] = []
  const post = async (attack: Attack, watching: Watching) => {
    const visit = await whilePosting(server, url, attack, watching)
    visits.push(visit)
    return visit
  }
  try {
    await runLoad(url, createStripeEvent(4_096), 256)
    const figures: Figure[] = []
    for (const attack of [announced, chunked]) {
      onProgress(`${adapter}: ${attack.name}`)
      await post(attack, 'watchHeld')
      const held: number[] = []
      const allocated: number[] = []
      for (let round = 0; round < rounds; round++) {
        held.push((await post(attack, 'watchHeld')).peak)
        allocated.push((await post(attack, 'watchAllocated')).peak)
      }
      figures.push(
        inMb(`${adapter}-${attack.name}`, held, CAP_MB + 4),
        inMb(`${adapter}-${attack.name}-with-garbage`, allocated),
      )
    }
    onProgress(`${adapter}: ${stalled.connections} stalled connections`)
    const stalls: Visit[] = []
    for (let round = 0; round < Math.min(rounds, STALL_ROUNDS); round++)
      stalls.push(await post(stalled, 'watchHeld'))
    const perConnection = stalls.map(({ peak }) => peak / stalled.connections)
    return [
      ...figures,
      inMb(`${adapter}-stalled-per-connection`, perConnection, CAP_MB),
      inMb(
        `${adapter}-stalled-left`,
        stalls.map(({ left }) => left),
        4,
      ),
      {
        id: `${adapter}-refusals-read`,
        unit: '%',
        rounds: visits
          .map(({ read }) => read * 100)
          .toSorted((a, b) => a - b)
          .slice(0, 1),
        goal: atLeast(100),
      },
    ]
  } finally {
    await server.stop()
  }
}

type Watching = 'watchHeld' | 'watchAllocated'

/** What an attack did to a server; sizes in bytes over what the idle server held. */
interface Visit {
  readonly peak: number
  /** When all connections are closed again. */
  readonly left: number
  /** The part of the senders that got to read why they were refused. */
  readonly read: number
}

async function whilePosting(
  server: RunningServer,
  url: string,
  { connections, body, status }: Attack,
  watching: Watching,
): Promise<Visit> {
  const idle = await server.ask(watching)
  const statuses = await Promise.all(
    Array.from({ length: connections }, () => postRaw(url, body)),
  )
  const peak = await server.ask('peak')
  const left = await server.ask('held')
  return {
    peak: peak - idle,
    left: left - idle,
    read: statuses.filter((answer) => answer === status).length / connections,
  }
}

function inMb(id: string, bytes: readonly number[], goal?: number): Figure {
  return {
    id,
    unit: 'MB',
    rounds: bytes.map((value) => value / MB),
    ...(goal !== undefined && { goal: atMost(goal) }),
  }
}

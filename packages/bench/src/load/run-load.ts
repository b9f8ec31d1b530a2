import type { Buffer } from 'node:buffer'
import { performance } from 'node:perf_hooks'
import autocannon from 'autocannon'
import { sign } from '../events/sign.ts'
import { withId } from '../events/stripe-event.ts'

const CONNECTIONS = 32

export interface Load {
  /** How many were sent: what was asked for, rounded up to a whole number for each connection. */
  readonly requests: number
  readonly requestsPerSecond: number
}

let events = 0

/**
 * Posts so many events to a URL over 32 connections. Each has an id that no request
 * before it had, so that none is a duplicate, and is signed before the clock starts.
 */
export async function runLoad(url: string, event: Buffer, amount: number): Promise<Load> {
  const each = Math.ceil(amount / CONNECTIONS)
  const total = each * CONNECTIONS
  const shares = Array.from({ length: CONNECTIONS }, () =>
    Array.from({ length: each }, () => signed(withId(event, ++events))),
  )
  return new Promise((resolve, reject) => {
    let first = 0
    let last = 0
    let isRunning = true
    // A process that sleeps has to be woken by each answer, and that costs the server: the
    // more, the less busy it keeps this process.
    const stayAwake = () => {
      if (isRunning) setImmediate(stayAwake)
    }
    stayAwake()
    const run = autocannon(
      {
        url,
        amount: total,
        connections: CONNECTIONS,
        method: 'POST',
        sampleInt: 5,
        setupClient: (client) => client.setRequests(shares.pop() ?? []),
      },
      (error: unknown, result) => {
        isRunning = false
        if (error) return reject(error)
        if (result.errors > 0 || result['2xx'] !== total) {
          const answers = JSON.stringify(result.statusCodeStats)
          return reject(
            new Error(`${url}: ${result.errors} errors, and the answers ${answers}`),
          )
        }
        const elapsedMs = last - first
        resolve({
          requests: total,
          requestsPerSecond: ((total - 1) / elapsedMs) * 1_000,
        })
      },
    )
    run.on('response', () => {
      last = performance.now()
      if (first === 0) first = last
    })
  })
}

/** Finds the number of requests that take about so long, in milliseconds. Warms the server up too. */
export async function requestsIn(
  milliseconds: number,
  url: string,
  event: Buffer,
): Promise<number> {
  let amount = 4 * CONNECTIONS
  for (let attempt = 0; attempt < 6; attempt++) {
    const { requestsPerSecond } = await runLoad(url, event, amount)
    const wanted = Math.ceil((requestsPerSecond * milliseconds) / 1_000)
    if (wanted <= amount * 1.5) return Math.max(wanted, CONNECTIONS)
    amount = wanted
  }
  return amount
}

function signed(body: Buffer): autocannon.Request {
  const headers = { 'content-type': 'application/json', 'stripe-signature': sign(body) }
  return { body, headers }
}

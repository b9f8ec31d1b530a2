// A whole application in a process of its own: a server, its handlers, its worker. It waits,
// warm, until it is told what it shall be.
import { once } from 'node:events'
import http, { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { createBilling, type Logger, type TransactionKind } from '@countersign/core'
import { webhook } from '@countersign/express'
import { seededChooser } from '../../fuzz/chooser.ts'
import { type ApplicationParts, handlersOf, senderOf } from './application.ts'
import { type FromChild, type Orders, SECRET, type ToChild } from './messages.ts'
import type { OpenedStore } from './opened-store.ts'
import { connectOutside } from './outside.ts'
import { Steps } from './steps.ts'
import { watchMethods } from './watch-methods.ts'

type Open = (orders: Orders, steps: Steps) => Promise<OpenedStore>

const steps = new Steps()
const failures = { oneIn: 0 }
let clockOffset = 0
let limitPages: OpenedStore['limitPages']

const logger: Logger = {
  debug() {},
  info() {},
  warn: tell,
  error: tell,
}

/** Somebody reads it only after something has gone wrong. */
function tell(message: string, fields?: object): void {
  const { error, ...rest } = (fields ?? {}) as { readonly error?: unknown }
  process.stderr.write(
    `${message} ${JSON.stringify(rest)} ${error instanceof Error ? error.message : ''}\n`,
  )
}

function send(message: FromChild): void {
  process.send?.(message)
}

async function serve(orders: Orders, open: Open): Promise<void> {
  const { store: name, role, processing, sync, outsidePort, seed, death } = orders
  steps.death = death
  steps.enter(`${orders.phase} `)
  failures.oneIn = orders.failures
  clockOffset = orders.clockOffset
  const outside = connectOutside(outsidePort, steps)
  const opened = await open(orders, steps)
  limitPages = opened.limitPages
  const parts: ApplicationParts = {
    steps,
    chooser: seededChooser(seed),
    failures,
    writeRow: opened.writeRow,
    isAsync: opened.isAsync,
  }
  const billing = createBilling<TransactionKind>({
    mode: 'test',
    webhookSecrets: [SECRET],
    store: watchMethods(opened.store, 'store', steps),
    stripe: outside.stripe,
    sync,
    processing: name === 'engine' ? 'durable' : processing,
    on: handlersOf<TransactionKind>(parts),
    outbox: { mail: senderOf(parts, outside) },
    // A process that dies counts as an attempt.
    retries: { limit: 1_000, firstMs: 4, maxMs: 50 },
    worker: { pollMs: 100 },
    handlerTimeoutMs: 1_000,
    logger,
    clock: {
      now: () => Date.now() + clockOffset,
      setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
  })
  let port = 0
  if (role !== 'worker') {
    watchAnswers()
    const handle = webhook(billing)
    const server = http.createServer((request, response) => {
      steps.reached('request')
      handle(request, response, () => response.destroy())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
  }
  await opened.startWorker(billing)
  steps.enter('')
  send({ kind: 'up', port })
}

function watchAnswers(): void {
  const { end } = ServerResponse.prototype
  const original = end as (...values: unknown[]) => ServerResponse
  const watched = function (this: ServerResponse, ...values: unknown[]): ServerResponse {
    return steps.around('answer', () => original.apply(this, values))
  }
  Object.defineProperty(ServerResponse.prototype, 'end', { value: watched })
}

/** @param open For the store that this process is to have. */
export function waitForOrders(open: Open): void {
  process.on('message', (message: ToChild) => {
    switch (message.kind) {
      case 'orders':
        return void serve(message.orders, open)
      case 'clock':
        clockOffset = message.offset
        return
      case 'calm':
        failures.oneIn = 0
        return
      case 'page limit':
        return limitPages?.(message.pages)
      case 'count':
        return send({ kind: 'counts', counts: steps.counts })
    }
  })
  // Whoever has started it is gone.
  process.on('disconnect', () => process.exit())
  send({ kind: 'warm' })
}

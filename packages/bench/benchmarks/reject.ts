import { Buffer } from 'node:buffer'
import {
  createBilling,
  createSignatureKey,
  type Inbound,
  memoryStore,
  silentLogger,
  verifySignature,
} from '@countersign/core'
import Stripe from 'stripe'
import { atMost, type Benchmark, type Figure, type Goal } from '../src/benchmark.ts'
import { awaitedCalls, calls, compareCalls } from '../src/calls/compare-calls.ts'
import { SECRET, sign } from '../src/events/sign.ts'
import { ratiosOf } from '../src/statistics.ts'

const TINY_EVENT =
  '{"id":"evt_1","object":"event","api_version":"2026-10-28.endive","created":1795507200,"data":{"object":{"id":"in_1","object":"invoice"}},"livemode":false,"pending_webhooks":1,"request":null,"type":"invoice.paid"}'

/** The path that anybody on the internet can make a server take. */
export const reject: Benchmark = {
  about: 'refuse one bad signature, against the exception of constructEvent',
  async run(plan) {
    plan.onProgress('bad signatures')
    const body = Buffer.from(TINY_EVENT)
    const bad = sign(body).replace(/v1=.*/, `v1=${'0'.repeat(64)}`)
    const many = bad + `,v1=${'1'.repeat(64)}`.repeat(239)
    const key = createSignatureKey(SECRET)
    const verifyOurs = (header: string | undefined) => () =>
      verifySignature({
        body,
        header,
        keys: [key],
        now: Date.now(),
        toleranceSeconds: 300,
      })
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: [SECRET],
      store: memoryStore(),
      logger: silentLogger,
      // With somebody to tell, the doctor does all that it ever does.
      onRejected: () => {},
    })
    const receive = (header: string | undefined) => {
      const inbound = inboundOf(body, header)
      return async () => {
        const { status } = await billing.webhooks.receive(inbound)
        if (status !== 400) throw new Error(`A bad signature was answered ${status}.`)
      }
    }
    const cost = await compareCalls(
      {
        receive: awaitedCalls(receive(bad)),
        receiveMany: awaitedCalls(receive(many)),
        receiveNone: awaitedCalls(receive(undefined)),
        verify: calls(verifyOurs(bad)),
        verifyMany: calls(verifyOurs(many)),
        verifyNone: calls(verifyOurs(undefined)),
        construct: calls(() => constructRefused(body, bad)),
        constructMany: calls(() => constructRefused(body, many)),
        constructNone: calls(() => constructRefused(body, '')),
      },
      plan,
    )
    const ratio = (
      id: string,
      ours: keyof typeof cost,
      theirs: keyof typeof cost,
      goal?: Goal,
      note?: string,
    ): Figure => ({
      id,
      unit: '×',
      rounds: ratiosOf(cost[ours].cpu, cost[theirs].cpu),
      ...(goal && { goal }),
      ...(note && { note }),
    })
    return [
      ratio(
        'bad-v1-vs-construct-event',
        'receive',
        'construct',
        atMost(0.45),
        'billing.webhooks.receive as a whole, awaited, the doctor on',
      ),
      ratio('240-v1-vs-one-v1', 'receiveMany', 'receive', atMost(1.5)),
      ratio('no-header-vs-construct-event', 'receiveNone', 'constructNone'),
      ratio('verify-alone-bad-v1-vs-construct-event', 'verify', 'construct'),
      ratio('verify-alone-240-v1-vs-one-v1', 'verifyMany', 'verify'),
      ratio('verify-alone-no-header-vs-construct-event', 'verifyNone', 'constructNone'),
      ratio('construct-event-240-v1-vs-one-v1', 'constructMany', 'construct'),
      { id: 'bad-v1-time', unit: 'µs', rounds: cost.receive.cpu },
      { id: 'construct-event-bad-v1-time', unit: 'µs', rounds: cost.construct.cpu },
    ]
  },
}

const { webhooks } = new Stripe('sk_test_unused')

function inboundOf(body: Buffer, header: string | undefined): Inbound {
  return {
    method: 'POST',
    header: (name) => (name === 'stripe-signature' ? header : undefined),
    readBody: async () => body,
  }
}

function constructRefused(body: Buffer, header: string): unknown {
  try {
    webhooks.constructEvent(body, header, SECRET)
  } catch (error) {
    return error
  }
  throw new Error('constructEvent accepted a bad signature.')
}

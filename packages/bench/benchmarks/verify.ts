import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  createSignatureKey,
  type SignatureKey,
  type SignatureResult,
  verifySignature,
} from '@countersign/core'
import Stripe from 'stripe'
import { parseEvent } from '../../core/src/events/parse-event.ts'
import {
  atMost,
  type Benchmark,
  type Figure,
  type Goal,
  type Plan,
} from '../src/benchmark.ts'
import { awaitedCalls, calls, compareCalls } from '../src/calls/compare-calls.ts'
import { loadWebCryptoSignature } from '../src/calls/load-web-crypto-signature.ts'
import { SECRET, sign } from '../src/events/sign.ts'
import { createStripeEvent, type Text } from '../src/events/stripe-event.ts'
import { ratiosOf } from '../src/statistics.ts'

/** Verification and parse of one event, against `constructEvent` and against the least that can be done. */
export const verify: Benchmark = {
  about: 'verify and parse one event, against constructEvent of the stripe package',
  async run(plan) {
    const figures: Figure[] = []
    for (const text of ['ascii', 'other'] as const) {
      for (const kilobytes of [1, 4, 16, 64]) {
        plan.onProgress(`${kilobytes} kB, ${text}`)
        figures.push(...(await compareOn(kilobytes, text, plan)))
      }
    }
    plan.onProgress('4 kB on Web Crypto')
    figures.push(...(await compareOnWebCrypto(plan)))
    return figures
  },
}

const { webhooks } = new Stripe('sk_test_unused')

const constructEventGoals: Readonly<Record<string, Goal>> = {
  '4kb-ascii': atMost(0.8),
  '4kb-other': atMost(0.65),
}
const floorGoals: Readonly<Record<number, Goal>> = {
  1: atMost(1.2),
  4: atMost(1.1),
  16: atMost(1.05),
  64: atMost(1.05),
}

async function compareOn(
  kilobytes: number,
  text: Text,
  plan: Plan,
): Promise<readonly Figure[]> {
  const body = createStripeEvent(kilobytes * 1_024, text)
  const header = sign(body)
  const key = createSignatureKey(SECRET)
  const oneShotKey = createSignatureKey(SECRET, { hashing: 'one-shot' })
  const { ours, oneShot, constructEvent, floor } = await compareCalls(
    {
      ours: calls(() => verifyAndParse(body, header, key)),
      oneShot: calls(() => verifyAndParse(body, header, oneShotKey)),
      constructEvent: calls(() => webhooks.constructEvent(body, header, SECRET)),
      floor: calls(createFloor(body, header)),
    },
    plan,
  )
  const cell = `${kilobytes}kb-${text}`
  return [
    ratio(
      `${cell}-vs-construct-event`,
      ours.cpu,
      constructEvent.cpu,
      constructEventGoals[cell],
    ),
    ratio(`${cell}-vs-floor`, ours.cpu, floor.cpu, floorGoals[kilobytes]),
    ratio(`${cell}-one-shot-vs-construct-event`, oneShot.cpu, constructEvent.cpu),
    ratio(`${cell}-one-shot-vs-floor`, oneShot.cpu, floor.cpu),
    { id: `${cell}-time`, unit: 'µs', rounds: ours.cpu },
  ]
}

async function compareOnWebCrypto(plan: Plan): Promise<readonly Figure[]> {
  const web = await loadWebCryptoSignature()
  const body = createStripeEvent(4_096)
  const header = sign(body)
  const key = web.createSignatureKey(SECRET)
  const provider = Stripe.createSubtleCryptoProvider()
  const { ours, constructEventAsync } = await compareCalls(
    {
      ours: awaitedCalls(async () => {
        const result = await web.verifySignature(inputOf(body, header, key))
        return parseAccepted(body, result)
      }),
      constructEventAsync: awaitedCalls(() =>
        webhooks.constructEventAsync(body, header, SECRET, undefined, provider),
      ),
    },
    // Every call goes to another thread and back, so rounds differ more than elsewhere.
    { ...plan, rounds: plan.rounds * 5 },
  )
  return [
    {
      ...ratio('4kb-web-crypto', ours.wall, constructEventAsync.wall, atMost(0.6)),
      note: 'by the clock, against constructEventAsync with createSubtleCryptoProvider(); waking a thread for each is much of it',
    },
    ratio('4kb-web-crypto-cpu', ours.cpu, constructEventAsync.cpu),
  ]
}

function ratio(
  id: string,
  ours: readonly number[],
  theirs: readonly number[],
  goal?: Goal,
): Figure {
  return { id, unit: '×', rounds: ratiosOf(ours, theirs), ...(goal && { goal }) }
}

function inputOf(body: Buffer, header: string, key: SignatureKey) {
  return { body, header, keys: [key], now: Date.now(), toleranceSeconds: 300 }
}

function verifyAndParse(body: Buffer, header: string, key: SignatureKey): unknown {
  return parseAccepted(body, verifySignature(inputOf(body, header, key)))
}

function parseAccepted(
  body: Buffer,
  result: SignatureResult | Promise<SignatureResult>,
): unknown {
  if (!('valid' in result && result.valid))
    throw new Error('A good signature was refused.')
  const parsed = parseEvent(body)
  if (parsed.kind === 'invalid') throw new Error('A good event was refused.')
  return parsed
}

/** The least that any verification on Node has to do: no header to read, no check of anything. */
function createFloor(body: Buffer, header: string): () => unknown {
  const [timestamp = '', v1 = ''] = header.replace('t=', '').split(',v1=')
  const expected = Buffer.from(v1, 'hex')
  return () => {
    const digest = createHmac('sha256', SECRET)
      .update(`${timestamp}.`)
      .update(body)
      .digest()
    if (!timingSafeEqual(digest, expected)) throw new Error('The floor is wrong.')
    return JSON.parse(body.toString())
  }
}

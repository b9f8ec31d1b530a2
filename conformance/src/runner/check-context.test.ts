import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Recording } from '../harness/recording.ts'
import { Probe } from '../probe/probe.ts'
import { DEFAULT_ROUTES } from '../target/target.ts'
import { CheckContext, type Subject, Untestable } from './check-context.ts'
import { CheckFailure } from './check-failure.ts'
import { TargetProblem } from './start-target.ts'
import { faultsBetween, withHeader } from './webhook-request.ts'

const servers: Server[] = []
const probes: Probe[] = []
afterEach(() => {
  for (const probe of probes.splice(0)) probe.close()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A context whose target answers webhooks as told, and reports these recordings. */
async function contextOf(
  onWebhook: RequestListener,
  recordingOf: (key: string) => Partial<Recording> = () => ({}),
  more: Partial<Subject> = {},
): Promise<CheckContext> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://target')
    if (pathname === DEFAULT_ROUTES.webhook) {
      onWebhook(request, response)
      return
    }
    const recording = {
      attempts: [],
      effects: [],
      ...recordingOf(searchParams.get('key') ?? ''),
    }
    response.end(JSON.stringify(recording))
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const probe = new Probe({
    url: `http://127.0.0.1:${port}`,
    token: 'token',
    timeoutMs: 5_000,
  })
  probes.push(probe)
  return new CheckContext({
    probe,
    variant: 'default',
    features: [],
    routes: DEFAULT_ROUTES,
    webhookSecrets: ['whsec_1'],
    stripeSecretKey: 'sk_test_1',
    timeoutMs: 5_000,
    bodyTimeoutMs: 100,
    settleMs: 500,
    exchanges: [],
    ...more,
  })
}

const entry = { eventId: 'evt_1', type: 'invoice.paid', account: null, payload: {} }
const answering =
  (status: number): RequestListener =>
  (_, response) => {
    response.writeHead(status).end()
  }

describe('expectAccepted', () => {
  it('holds for a 2xx and one effect, also one that comes a little later', async () => {
    let asked = 0
    const t = await contextOf(answering(204), () => {
      asked += 1
      return { effects: asked < 3 ? [] : [entry] }
    })
    await t.expectAccepted(t.webhook(t.event()))
  })

  it.each([
    ['no effect', 200, [], 'got 0'],
    ['two effects', 200, [entry, entry], 'got 2'],
    ['another status', 400, [entry], 'expected a 2xx, got 400'],
  ])('fails for %s', async (_, status, effects, message) => {
    const t = await contextOf(answering(status), () => ({ effects }))
    const accepted = t.expectAccepted(t.webhook(t.event()))
    await expect(accepted).rejects.toThrow(CheckFailure)
    await expect(accepted).rejects.toThrow(message)
  })

  it('fails where a worker acts once more, a little later', async () => {
    let asked = 0
    const recordingOf = () => {
      asked += 1
      return { effects: Array.from({ length: asked }, () => entry) }
    }
    const t = await contextOf(answering(200), recordingOf, {
      features: ['durable-processing'],
    })
    await expect(t.expectAccepted(t.webhook(t.event()))).rejects.toThrow('got 2')
  })

  it('fails when no answer comes', async () => {
    const t = await contextOf(() => {}, undefined, { timeoutMs: 200 })
    await expect(t.expectAccepted(t.webhook(t.event()))).rejects.toThrow(
      'no answer within 200 ms',
    )
  })
})

describe('expectRefused', () => {
  const honest = () => {
    const acted = new Set<string>()
    const onWebhook: RequestListener = async (request, response) => {
      const key =
        /"conformance_key":"(\w+)"/.exec(String(await request.toArray()))?.[1] ?? ''
      const isGood = request.headers['x-fault'] === undefined
      if (isGood) acted.add(key)
      response.writeHead(isGood ? 200 : 400).end()
    }
    return contextOf(onWebhook, (key) => ({ effects: acted.has(key) ? [entry] : [] }))
  }

  it('holds when the good one acts and the faulty one does not', async () => {
    const t = await honest()
    await t.expectRefused(
      ['header:x-fault'],
      [(good) => withHeader(good, 'x-fault', '1')],
    )
  })

  it('fails when the good one is refused too', async () => {
    const t = await contextOf(answering(400))
    const refused = t.expectRefused(['header:x'], [(good) => withHeader(good, 'x', '1')])
    await expect(refused).rejects.toThrow('expected a 2xx, got 400')
  })

  it.each<[string, Parameters<CheckContext['expectRefused']>[1][number]]>([
    ['in nothing', (good) => good],
    ['in something else', (good) => ({ ...good, method: 'PUT' })],
  ])('is a defect of the check when the faulty one differs %s', async (_, change) => {
    const t = await honest()
    const refused = t.expectRefused(['header:x-fault'], [change])
    await expect(refused).rejects.toThrow(
      /differs in \[.*\], the check names \[header:x-fault\]/,
    )
    await expect(refused).rejects.not.toThrow(CheckFailure)
  })
})

describe('faultsBetween', () => {
  it('names every part that differs', async () => {
    const t = await contextOf(answering(200))
    const good = t.webhook(t.event())
    expect(faultsBetween(good, good)).toEqual([])
    expect(
      faultsBetween(good, { ...good, body: Buffer.from('x'), method: 'PUT' }),
    ).toEqual(['method', 'body'])
    expect(faultsBetween(good, { ...good, framing: 'chunked' })).toEqual(['framing'])
    const twice = { ...good, headers: [...good.headers, ...good.headers] }
    expect(faultsBetween(good, twice)).toContain('header:stripe-signature')
    expect(faultsBetween(good, withHeader(good, 'content-type', undefined))).toEqual([
      'header:content-type',
    ])
  })
})

describe('a context', () => {
  it('makes something new of every event, and puts nothing into a fixture that could change its bytes', async () => {
    const t = await contextOf(answering(200))
    const [first, second] = [t.event(), t.event()]
    expect(first.id).not.toBe(second.id)
    expect(JSON.parse(first.body.toString())).toMatchObject({
      id: first.id,
      type: 'invoice.paid',
    })
    expect(() => t.event({ type: 'a"b' })).toThrow('cannot be put into a fixture')
  })

  it('says what it cannot know of a target that it has not started', async () => {
    const t = await contextOf(answering(200))
    expect(() => t.logs()).toThrow(Untestable)
    expect(() => t.stripe()).toThrow(Untestable)
    await expect(t.restart()).rejects.toThrow(Untestable)
  })

  it('holds it against a target when it does not start again', async () => {
    const restart = async () => {
      throw new TargetProblem('it ended with 1')
    }
    const t = await contextOf(answering(200), undefined, { restart })
    await expect(t.restart()).rejects.toThrow(
      new CheckFailure('a target that starts again', 'it ended with 1'),
    )
  })
})

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import process from 'node:process'
import {
  createSignatureKey,
  type SignatureKey,
  verifySignature,
  type WebhookReceiver,
} from '@countersign/core'
import { sendReply, toInbound } from '@countersign/node'
import { parseEvent } from '../../../core/src/events/parse-event.ts'
import { createBenchBilling, createDurableBilling } from './bench-billing.ts'
import { handleByHand } from './by-hand.ts'

type Judge = (body: Buffer, signature: string) => void

/** Without a framework: what the work on an event adds to reading its body shows best here. */
export function createListener(): RequestListener {
  const secret = process.env.STRIPE_WEBHOOK_SECRET ?? ''
  const routes: Readonly<Record<string, RequestListener>> = {
    '/bare': judging(() => {}),
    '/by-hand': judging(handleByHand),
    '/verify': judging(verifyWith(createSignatureKey(secret))),
    '/verify-one-shot': judging(
      verifyWith(createSignatureKey(secret, { hashing: 'one-shot' })),
    ),
    '/durable': receiving(createDurableBilling()),
    '/receive': receiving(createBenchBilling({ on: {} })),
    '/receive-one-shot': receiving(
      createBenchBilling({ on: {}, signatureHashing: 'one-shot' }),
    ),
  }
  return (request, response) => {
    const route = routes[request.url ?? '']
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  }
}

function judging(judge: Judge): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const [first] = chunks
      const body =
        first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
      try {
        judge(body, String(request.headers['stripe-signature']))
        response.end()
      } catch {
        response.writeHead(400).end()
      }
    })
  }
}

function verifyWith(key: SignatureKey): Judge {
  return (body, header) => {
    const result = verifySignature({
      body,
      header,
      keys: [key],
      now: Date.now(),
      toleranceSeconds: 300,
    })
    const accepted = 'valid' in result && result.valid
    if (!accepted || parseEvent(body).kind === 'invalid') throw new Error('refused')
  }
}

function receiving(billing: WebhookReceiver): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse) =>
    sendReply(request, response, await billing.webhooks.receive(toInbound(request)))
  return (request, response) => {
    answer(request, response).catch(() => response.destroy())
  }
}

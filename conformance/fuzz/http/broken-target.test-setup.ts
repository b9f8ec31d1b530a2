// A small server that is right, and in each of its variants but `right` wrong in one way.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { buffer } from 'node:stream/consumers'
import { createBilling, memoryStore, type Reply } from '@countersign/core'
import { webhook } from '@countersign/express'
import { signatureHeader } from '../../src/signer/sign.ts'
import { createHarness, defineTarget, type Target } from '../../src/target.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

export const target: Target = defineTarget({
  implementation: {
    name: 'broken',
    version: '1.0.0',
    language: 'typescript',
    framework: 'none',
    frameworkVersion: '1.0.0',
    url: 'https://nodejs.org/api/http.html',
  },
  features: [],
  variants: [],
  async start(environment) {
    const harness = createHarness(environment, target)
    const billing = createBilling({
      mode: 'test',
      webhookSecrets: environment.webhookSecrets,
      store: memoryStore(),
      on: harness.handlers,
      limits: { bodyTimeoutMs: environment.bodyTimeoutMs },
    })
    const receive = webhook(billing)
    const right: Handler = (request, response) =>
      receive(request, response, () => response.destroy())
    /** Answers with a body that was come by wrongly, and perhaps another signature. */
    async function answerTo(
      { method = '', headers }: IncomingMessage,
      response: ServerResponse,
      body: Buffer,
      signature = headers['stripe-signature']?.toString(),
    ): Promise<void> {
      const reply: Reply = await billing.webhooks.receive({
        method,
        header: (name) =>
          name === 'stripe-signature' ? signature : headers[name]?.toString(),
        readBody: async () => body,
      })
      response.writeHead(reply.status, reply.headers).end(reply.body)
    }

    const leaked: Buffer[] = []
    const handlers: Readonly<Record<string, Handler>> = {
      right,
      'answers a second signature with 500': (request, response) =>
        (request.headersDistinct['stripe-signature']?.length ?? 0) > 1
          ? response.writeHead(500).end()
          : right(request, response),
      'never answers a chunked body': (request, response) =>
        request.headers['transfer-encoding'] === undefined && right(request, response),
      'ends for an encoded body': (request, response) =>
        request.headers['content-encoding'] === undefined
          ? right(request, response)
          : process.exit(7),
      'reads what comes first': (request, response) =>
        request.once('data', (chunk: Buffer) => answerTo(request, response, chunk)),
      'believes every sender': async (request, response) => {
        const body = await buffer(request).catch(() => Buffer.alloc(0))
        const [secret = ''] = environment.webhookSecrets
        await answerTo(request, response, body, signatureHeader(body, { secret }))
      },
      'keeps a megabyte': (request, response) => {
        leaked.push(Buffer.alloc(1_000_000))
        right(request, response)
      },
    }

    const handle = handlers[environment.variant] ?? right
    const server = createServer((request, response) => {
      const isWebhook =
        request.method === 'POST' && request.url?.startsWith('/webhooks/stripe')
      if (isWebhook) handle(request, response)
      else harness.middleware(request, response, () => response.writeHead(404).end())
    })
    server.listen(environment.port, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}`,
      stop: async () => {
        server.close().closeAllConnections()
      },
    }
  },
})

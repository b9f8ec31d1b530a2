import type { IncomingMessage, RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { webhook } from '@countersign/express'
import { createBenchBilling } from './bench-billing.ts'
import { handleByHand } from './by-hand.ts'

type Handler = (...args: never) => unknown

/** The part of Express that is used here; its types are another package. */
interface Express {
  (): RequestListener & { post(path: string, ...handlers: readonly Handler[]): void }
  raw(options: { readonly type: string }): Handler
}

type RawRequest = IncomingMessage & { readonly body: Uint8Array }
interface ExpressResponse {
  status(code: number): { send(text: string): void }
  json(value: unknown): void
}

const express: Express = createRequire(import.meta.url)('express')

/** Express 5: our handler, and one by hand. */
export function createListener(): RequestListener {
  const app = express()
  app.post('/ours', webhook(createBenchBilling()))
  app.post(
    '/ours-one-shot',
    webhook(createBenchBilling({ signatureHashing: 'one-shot' })),
  )
  app.post(
    '/by-hand',
    express.raw({ type: 'application/json' }),
    ({ body, headers }: RawRequest, response: ExpressResponse) => {
      try {
        handleByHand(body, String(headers['stripe-signature']))
      } catch (error) {
        response.status(400).send(`Webhook Error: ${String(error)}`)
        return
      }
      response.json({ received: true })
    },
  )
  return app
}

import type { IncomingMessage, RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { type KoaContext, webhook } from '@countersign/koa'
import { createBenchBilling } from './bench-billing.ts'
import { handleByHand } from './by-hand.ts'

type Middleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/** The part of Koa that is used here; its types are another package. */
interface Koa {
  use(middleware: Middleware): Koa
  callback(): RequestListener
}

const KoaApplication: new () => Koa = createRequire(import.meta.url)('koa')

/** Koa 3: our handler, and one by hand. */
export function createListener(): RequestListener {
  // Each is reached in the same way: none has to pass by another.
  const routes: Readonly<Record<string, Middleware>> = {
    '/ours': webhook(createBenchBilling()),
    '/ours-one-shot': webhook(createBenchBilling({ signatureHashing: 'one-shot' })),
    '/by-hand': answerByHand,
  }
  return new KoaApplication()
    .use((context, next) => routes[context.path]?.(context, next) ?? next())
    .callback()
}

async function answerByHand(context: KoaContext): Promise<void> {
  const body = await readAll(context.req)
  try {
    handleByHand(body, String(context.req.headers['stripe-signature']))
  } catch (error) {
    Object.assign(context, { status: 400, body: `Webhook Error: ${String(error)}` })
    return
  }
  Object.assign(context, { body: { received: true } })
}

/** The quickest way to have the bytes: no limit, no deadline, no thought of a sender that goes away. */
function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

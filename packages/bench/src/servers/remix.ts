import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { webhook } from '@countersign/remix'
import { createRequestHandler } from '@remix-run/express'
import type { ActionFunction, ServerBuild } from '@remix-run/node'
import { createBenchBilling } from './bench-billing.ts'
import { respondByHand } from './respond-by-hand.ts'

/** The part of Express that is used here; its types are another package. */
type Express = () => RequestListener & { use(handler: unknown): void }

const express: Express = createRequire(import.meta.url)('express')

/** Remix 2 behind its Express adapter: our action, and one by hand. */
export function createListener(): RequestListener {
  const app = express()
  const build = createServerBuild({
    ours: webhook(createBenchBilling()),
    'ours-one-shot': webhook(createBenchBilling({ signatureHashing: 'one-shot' })),
    'by-hand': ({ request }) => respondByHand(request),
  })
  app.use(createRequestHandler({ build, mode: 'production' }))
  return app
}

/** What a bundler would make of resource routes: a server build, written by hand. */
function createServerBuild(
  actions: Readonly<Record<string, ActionFunction>>,
): ServerBuild {
  return {
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    assetsBuildDirectory: '',
    basename: '/',
    entry: { module: { default: () => new Response('not found', { status: 404 }) } },
    future: {
      v3_fetcherPersist: false,
      v3_lazyRouteDiscovery: false,
      v3_relativeSplatPath: false,
      v3_singleFetch: false,
      v3_throwAbortReason: false,
    },
    isSpaMode: false,
    mode: 'production',
    publicPath: '/',
    routes: Object.fromEntries(
      Object.entries(actions).map(([path, action]) => [
        path,
        { id: path, path, module: { default: undefined, action } },
      ]),
    ),
  }
}

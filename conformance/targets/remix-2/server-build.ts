import type { ActionFunction, LoaderFunction, ServerBuild } from '@remix-run/node'

export interface ResourceRoute {
  readonly action: ActionFunction
  readonly loader?: LoaderFunction
}

/** What a bundler would make of resource routes: a server build, written by hand. */
export function createServerBuild(
  routes: Readonly<Record<string, ResourceRoute>>,
  handleError: (error: unknown) => void,
): ServerBuild {
  return {
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    assetsBuildDirectory: '',
    basename: '/',
    entry: {
      module: { default: () => new Response('not found', { status: 404 }), handleError },
    },
    future: {} as ServerBuild['future'],
    isSpaMode: false,
    mode: 'production',
    publicPath: '/',
    routes: Object.fromEntries(
      Object.entries(routes).map(([path, module]) => [path, { id: path, path, module }]),
    ) as ServerBuild['routes'],
  }
}

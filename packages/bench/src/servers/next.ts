import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type createNextServer from 'next'

/** The application that {@link createListener} serves, once it is built. */
export const NEXT_APP: string = fileURLToPath(new URL('../../next-app', import.meta.url))

/** Next 16 in production, from the build of `next-app`: our route, and one by hand. */
export async function createListener(): Promise<RequestListener> {
  const next: typeof createNextServer.default = createRequire(import.meta.url)('next')
  const app = next({ dev: false, dir: NEXT_APP })
  await app.prepare()
  return app.getRequestHandler()
}

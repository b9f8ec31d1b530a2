import { fileURLToPath } from 'node:url'
import { startPostgres } from 'countersign-postgres-server'
import type { StartedTarget, Target, TargetEnvironment } from '../../src/target.ts'
import { spawnServer } from '../spawn-server.ts'
import { storeVariants } from './store-variants.ts'

/**
 * A target whose variants with a store that survives run in processes of their own, which
 * can be killed.
 *
 * @param module Where its default export is this target.
 */
export function crashable(target: Target, module: URL): Target {
  async function start(environment: TargetEnvironment): Promise<StartedTarget> {
    const { variant } = environment
    if (!Object.hasOwn(storeVariants, variant)) return target.start(environment)
    const args = [fileURLToPath(new URL('serve-target.ts', import.meta.url)), module.href]
    return variant === 'postgres'
      ? spawnServer(args, environment, { env: { DATABASE_URL: await postgresUrl() } })
      : spawnServer(args, environment)
  }
  return { ...target, start }
}

let starting: Promise<string> | undefined

/** Where PostgreSQL is: at `DATABASE_URL`, or one that is started once and ends with this process. */
function postgresUrl(): Promise<string> {
  starting ??= startPostgres().then(({ url }) => url)
  return starting
}

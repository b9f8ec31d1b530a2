import process from 'node:process'
import { startEmbedded } from './embedded/start-embedded.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export interface StartOptions {
  /** Starts a server also when `DATABASE_URL` is set, for tests that kill it. Default false. */
  readonly ownServer?: boolean
  /** PostgreSQL's own settings, such as `max_connections`. Default none. A server that runs already keeps its own. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** A PostgreSQL that accepts connections. */
export interface PostgresServer {
  /** Its database `postgres`, or what `DATABASE_URL` names. */
  readonly url: string
  /** Creates an empty database with a random name. */
  readonly createDatabase: () => Promise<TestDatabase>
  /**
   * Ends it as a crash would, and resolves when it accepts no more connections. SIGKILL
   * (the default) ends the parent process, and the others follow; SIGQUIT ends all at once.
   *
   * @throws Error for a server that ran already.
   */
  readonly kill: (signal?: 'SIGKILL' | 'SIGQUIT') => Promise<void>
  /**
   * Starts it again after `kill` on the same port and folder, and resolves when it has
   * recovered. One that runs is first shut down in good order.
   *
   * @throws Error for a server that ran already, or when it does not come up.
   */
  readonly restart: () => Promise<void>
  /** Ends it and removes its folder. A server that ran already is left alone. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a real PostgreSQL, as durable as its defaults, on a free port of 127.0.0.1 and in
 * a temporary folder; or takes the one that `DATABASE_URL` names. It ends with this
 * process, however that ends.
 *
 * @throws Error when it does not start within 30 s. The message says what to do.
 */
export async function startPostgres(options: StartOptions = {}): Promise<PostgresServer> {
  const running = process.env.DATABASE_URL
  if (running !== undefined && options.ownServer !== true) return takeRunning(running)
  const server = await startEmbedded(options.settings ?? {})
  return { ...server, createDatabase: () => createTestDatabase(server.url) }
}

function takeRunning(url: string): PostgresServer {
  const refuse = async () => {
    throw new Error(
      'The server that DATABASE_URL names is not ours to kill. Start one with `ownServer: true`.',
    )
  }
  return {
    url,
    createDatabase: () => createTestDatabase(url),
    kill: refuse,
    restart: refuse,
    stop: async () => {},
  }
}

import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PostgresServer } from '../start-postgres.ts'
import { findIdentity, findPrograms } from './find-programs.ts'
import { type Cluster, initialise, launch } from './launch.ts'
import type { Supervised } from './supervise.ts'

type EmbeddedServer = Omit<PostgresServer, 'createDatabase'>

/** Makes a cluster in a new folder and starts a server on it. */
export async function startEmbedded(
  settings: Cluster['settings'],
): Promise<EmbeddedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-postgres-'))
  try {
    const identity = await findIdentity()
    const password = randomBytes(16).toString('hex')
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, password)
    if (identity.uid !== undefined && identity.gid !== undefined) {
      for (const path of [folder, passwordFile]) {
        await chown(path, identity.uid, identity.gid)
      }
    }
    const programs = await findPrograms(folder, identity)
    const cluster: Cluster = { folder, programs, identity, settings }
    await initialise(cluster, passwordFile)
    return await run(cluster, password)
  } catch (error) {
    await remove(folder)
    throw error
  }
}

async function run(cluster: Cluster, password: string): Promise<EmbeddedServer> {
  const { port, ...first } = await launch(cluster, randomPort)
  let current: Supervised = first

  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    kill: (signal = 'SIGKILL') => end(current, signal),
    async restart() {
      await end(current, 'SIGINT')
      const next = await launch(cluster, () => port)
      // Until now the one that had ended would have removed the folder.
      current.release()
      current = next
    },
    async stop() {
      const gone = end(current, 'SIGQUIT')
      // The supervisor is a child of the server, which collects it while it still runs.
      current.release()
      await gone
      await remove(cluster.folder)
    },
  }
}

/** Below what systems give to outgoing connections: one of those could take the port while the server is down. */
function randomPort(): number {
  return randomInt(15_000, 32_000)
}

async function end({ child }: Supervised, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(force)
}

/** The processes of a server that was killed may write for a moment more. */
function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
}

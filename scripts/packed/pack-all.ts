import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** By package name: its tarball, and the folder that it was unpacked into. */
    packed: Readonly<
      Record<string, { readonly tarball: string; readonly folder: string }>
    >
  }
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
// Packages whose names have no scope are nobody's but ours.
const publishable = ['./packages/*', './conformance', '!countersign-*'].flatMap(
  (filter) => ['--filter', filter],
)

/** Builds and packs every publishable package once, before the tests of this folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await run('turbo', ['run', 'build', ...publishable], { cwd: root })
  const folder = await mkdtemp(join(tmpdir(), 'countersign-packed-'))
  await run('pnpm', ['-r', ...publishable, 'pack', '--pack-destination', folder], {
    cwd: root,
  })
  const packed: Record<string, { tarball: string; folder: string }> = {}
  for (const file of await readdir(folder)) {
    const name = /^countersign-(.*)-\d+\.\d+\.\d+\S*\.tgz$/.exec(file)?.[1]
    if (name === undefined) continue
    const unpacked = join(folder, name)
    await run('mkdir', [unpacked])
    await run('tar', ['-xzf', join(folder, file), '-C', unpacked])
    packed[`@countersign/${name}`] = {
      tarball: join(folder, file),
      folder: join(unpacked, 'package'),
    }
  }
  project.provide('packed', packed)
  return () => rm(folder, { recursive: true })
}

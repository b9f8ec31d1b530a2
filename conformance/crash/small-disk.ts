import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk in memory, with a folder of its own. */
export interface SmallDisk {
  readonly folder: string
  /** Makes it as large as what is on it, and so many kilobytes. */
  readonly leave: (kilobytes: number) => Promise<void>
  readonly remove: () => Promise<void>
}

/**
 * `undefined` where it cannot be made: only an administrator of Linux may mount one.
 *
 * @param owner Whose folder it is to be. Default: that of this process.
 */
export async function makeSmallDisk(
  kilobytes: number,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder])
  } catch {
    await rm(folder, { recursive: true })
    return undefined
  }
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid)
  return {
    folder,
    async leave(free) {
      const { blocks, bfree, bsize } = await statfs(folder)
      const size = Math.ceil(((blocks - bfree) * bsize) / 1_024) + free
      await run('mount', ['-o', `remount,size=${size}k`, folder])
    },
    async remove() {
      await run('umount', ['--lazy', folder])
      await rm(folder, { recursive: true })
    },
  }
}

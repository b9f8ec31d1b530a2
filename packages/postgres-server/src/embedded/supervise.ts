import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { Duplex } from 'node:stream'
import type { Identity } from './find-programs.ts'

/** A program that ends, and whose folder is removed, when this process ends. */
export interface Supervised {
  readonly child: ChildProcess
  /** Ends the supervision of a program that has ended: its folder stays. */
  readonly release: () => void
}

/**
 * The shell becomes the program. Beside it waits a subshell for a line of this process; if
 * the pipe closes instead, this process is gone, by whatever cause. The lock file is looked
 * for too, since a program that has ended keeps its id until somebody collects it.
 */
const SCRIPT = `
folder=$1
shift
(
  read -r _ <&3 && exit
  kill -QUIT $$
  tries=0
  while kill -0 $$ && [ -e "$folder/data/postmaster.pid" ] && [ $((tries += 1)) -le 100 ]
  do sleep 0.05; done
  rm -rf "$folder"
) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
`

export function supervise(
  folder: string,
  command: readonly string[],
  identity: Identity,
): Supervised {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder, ...command], {
    ...identity,
    cwd: folder,
    // A session of its own, so that Ctrl-C in a terminal does not reach it before us.
    detached: true,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const pipe = child.stdio[3]
  // Broken when the supervisor itself was killed.
  pipe?.on('error', () => {})
  return {
    child,
    release() {
      if (pipe instanceof Duplex) pipe.end('\n')
    },
  }
}

import process from 'node:process'
import type { RunFlags } from './run-flags.ts'

/**
 * The command that runs one check of one target alone, in the way in which this one was
 * called. A package that wraps the command says how it is called in `CONFORMANCE_COMMAND`,
 * and then knows the configuration itself.
 */
export function reproduceCommand(
  { config, command, url }: Pick<RunFlags, 'command' | 'config' | 'url'>,
  check: {
    readonly target: string
    readonly variant: string
    readonly id: string
    readonly seed: number
  },
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const wrapper = env.CONFORMANCE_COMMAND
  const words = [wrapper ?? 'npx countersign-conformance run']
  const add = (flag: string, value: string | undefined) => {
    if (value !== undefined) words.push(flag, quoted(value))
  }
  if (wrapper === undefined) add('--config', config)
  add('--command', command)
  add('--url', url)
  if (command === undefined && url === undefined) add('--target', check.target)
  if (url === undefined) add('--variant', check.variant)
  add('--only', check.id)
  if (check.seed !== 1) add('--seed', String(check.seed))
  return words.join(' ')
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

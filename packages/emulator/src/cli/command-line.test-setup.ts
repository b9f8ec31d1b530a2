import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import Stripe from 'stripe'
import { onTestFinished, vi } from 'vitest'
import type { Announcement } from './start/banner.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))

export interface CommandLineResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly pid: number
  readonly output: () => string
  readonly errors: () => string
  /** Resolves when it has printed this. */
  readonly prints: (text: string | RegExp) => Promise<void>
  /** Reads no more of what it prints. */
  readonly closeOutput: () => void
  /** Resolves with its exit code. */
  readonly exit: Promise<number | null>
  /** Asks it to end, and resolves with its exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** An emulator that was started with `--json`. */
export interface RunningEmulator extends RunningCli {
  readonly started: Announcement
  /** What it has printed since, of a kind. */
  readonly records: (kind: string) => readonly Readonly<Record<string, unknown>>[]
  readonly stripe: Stripe
  /** Runs a command against it. */
  readonly command: (...args: string[]) => Promise<CommandLineResult>
}

/** Runs the command line to its end, as a process of its own. */
export async function runCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandLineResult> {
  const child = spawnCli(args, env)
  const [code] = await once(child.process, 'close')
  return { code, stdout: child.stdout(), stderr: child.stderr() }
}

/** Starts an emulator that prints for people. It ends with the test. */
export function startCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCli {
  const { process: child, stdout, stderr } = spawnCli(args, env)
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal)
    return exit
  }
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await end('SIGTERM')
  })
  return {
    pid: child.pid ?? 0,
    output: stdout,
    errors: stderr,
    async prints(text) {
      const isThere = () =>
        typeof text === 'string' ? stdout().includes(text) : text.test(stdout())
      await vi.waitUntil(isThere, { timeout: 20_000, interval: 5 })
    },
    closeOutput: () => child.stdout?.destroy(),
    exit,
    end,
  }
}

/** Starts an emulator on a free port, and talks to it. */
export async function startForMachines(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningEmulator> {
  const running = startCommandLine(['--port', '0', '--json', ...args], env)
  await running.prints('"kind":"started"')
  const records = (kind: string) =>
    running
      .output()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .filter((record) => record.kind === kind)
  const [first] = records('started')
  const started = first as unknown as Announcement
  return {
    ...running,
    started,
    records,
    stripe: new Stripe(started.secretKey, {
      ...started.stripeConfig,
      maxNetworkRetries: 0,
    }),
    command: (...words) =>
      runCommandLine(words, { COUNTERSIGN_EMULATOR_URL: started.url, ...env }),
  }
}

function spawnCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): {
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
} {
  // Whether there are colours is for the test to say.
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...inherited, ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return { process: child, stdout: () => stdout, stderr: () => stderr }
}

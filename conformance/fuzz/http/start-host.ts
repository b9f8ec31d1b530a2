import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Probe } from '../../src/probe/probe.ts'
import type { TargetEnvironment } from '../../src/target.ts'
import type { HostAnswer, HostRequest } from './host-messages.ts'

/** What is fuzzed: a target of the suite, in a process of its own. */
export interface Subject {
  readonly name: string
  /** URL of the module whose only export is the target. */
  readonly module: string
  readonly variant: string
  /** Its server is in the host's own process, whose memory then says something. */
  readonly isInHost: boolean
  /** What the framework itself answers with a 5xx, without asking a route; matched against what was sent. */
  readonly ownErrors?: RegExp
  /** How long its server may take until it answers or closes, in milliseconds. Default 20,000. */
  readonly patienceMs?: number
  /** Work that is done once before any start: a build. */
  readonly prepare?: (onProgress: (line: string) => void) => Promise<void>
}

export interface RunningHost {
  readonly subject: Subject
  readonly port: number
  readonly secret: string
  readonly probe: Probe
  /** Bytes in use after a collection; `undefined` where they cannot be asked for. */
  readonly memory: () => Promise<number | undefined>
  /** How the process has ended, when it has. */
  readonly ended: () => string | undefined
  readonly stop: () => Promise<void>
}

/** How long the body of a request may take, in milliseconds. Short, since many cases wait for it. */
const BODY_TIMEOUT_MS = 700
const PROBE_TIMEOUT_MS = 20_000
/** How long a host may take to end by itself, in milliseconds. */
const STOP_MS = 3_000
/** Characters. */
const KEPT_LOG = 3_000

/** What has to be ended and removed with this process. */
const running = new Map<
  ChildProcess,
  { readonly subject: Subject; readonly folder: string }
>()
process.on('exit', () => {
  for (const [host, { subject, folder }] of running) {
    // One that hangs does not see that its parent is gone. Another, which has started a
    // server elsewhere, must be left to take that along.
    if (subject.isInHost) host.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Starts a target. Whatever happens to this process, the target ends with it. */
export async function startHost(subject: Subject): Promise<RunningHost> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'countersign-fuzz-'))
  const host = fork(new URL('host.ts', import.meta.url), {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  let ended: string | undefined
  host.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT_LOG)
  })
  const exit = once(host, 'exit').then(([code, signal]) => {
    ended = `the server's process has ended with ${code ?? signal}\n${log}`.trim()
  })
  running.set(host, { subject, folder: dataDirectory })
  async function stop(): Promise<void> {
    if (host.connected) host.disconnect()
    const late = setTimeout(() => host.kill('SIGKILL'), STOP_MS)
    await exit
    clearTimeout(late)
    running.delete(host)
    await rm(dataDirectory, { recursive: true })
  }

  const environment: Omit<TargetEnvironment, 'log'> = {
    port: 0,
    dataDirectory,
    stripeApiBase: 'http://127.0.0.1:9',
    stripeSecretKey: 'sk_test_fuzz',
    webhookSecrets: ['whsec_fuzzed', 'whsec_fuzzedBefore'],
    token: randomBytes(16).toString('hex'),
    variant: subject.variant,
    bodyTimeoutMs: BODY_TIMEOUT_MS,
  }
  const started = await ask(host, { kind: 'start', module: subject.module, environment })
  if (started?.kind !== 'started') {
    await stop()
    const reason = started?.kind === 'failed' ? started.reason : ended
    throw new Error(`${subject.name} did not start: ${reason}`)
  }
  const { url } = started
  const probe = new Probe({ url, token: environment.token, timeoutMs: PROBE_TIMEOUT_MS })
  return {
    subject,
    port: Number(new URL(url).port),
    secret: environment.webhookSecrets[0] ?? '',
    probe,
    ended: () => ended,
    async memory() {
      if (!subject.isInHost) return undefined
      const answer = await ask(host, { kind: 'memory' })
      return answer?.kind === 'memory' ? answer.bytes : undefined
    },
    async stop() {
      probe.close()
      await stop()
    },
  }
}

/** Gives `undefined` when the host has ended instead. */
async function ask(
  host: ChildProcess,
  request: HostRequest,
): Promise<HostAnswer | undefined> {
  const over = new AbortController()
  const answer = once(host, 'message', { signal: over.signal })
  const exit = once(host, 'exit', { signal: over.signal }).then(() => undefined)
  host.send(request, () => {})
  try {
    const message = await Promise.race([answer, exit])
    return message?.[0] as HostAnswer | undefined
  } finally {
    over.abort()
    for (const pending of [answer, exit]) pending.catch(() => {})
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Recording } from '../../src/harness/recording.ts'
import { type Conversation, converse } from './converse.ts'
import { buildCase, type HttpCase, type PlannedStep } from './http-case.ts'
import { judgeAnswers, judgeEffects } from './judge-case.ts'
import type { RunningHost } from './start-host.ts'

/** A case by what makes it. */
export interface CasePlan {
  readonly index: number
  readonly steps: readonly PlannedStep[]
}

/** A broken promise. Without a case, it is not known which one broke it. */
export interface Violation {
  readonly problem: string
  readonly subject?: HttpCase
  readonly conversation?: Conversation
}

export interface BatchResult {
  readonly violation?: Violation
  /** How many events have acted. */
  readonly acted: number
}

/** Connections at once: most of the time of some cases is waiting. */
export const BATCH_CASES = 64

/** Far above the deadline of a target, so that a slow machine is not taken for a hang. In milliseconds. */
const PATIENCE_MS = 20_000

/** Over how long the pieces of one request are sent, in milliseconds: far below the deadline of a target. A case that runs alone has the time to be exact. */
const SPREAD_MS = 10
const SPREAD_ALONE_MS = 300

const LATE_TRIES = 3
const HEARD_AFTER_MS = 200

/** Runs cases side by side; then the server must still take a plain webhook, and have done nothing unsigned. */
export async function runBatch(
  host: RunningHost,
  plans: readonly CasePlan[],
): Promise<BatchResult> {
  const { port, secret } = host
  const first = plans[0]?.index ?? 0
  // The same for a case that runs alone: its bytes, and so its steps, depend on the length.
  const key = `fuzz_${Math.floor(first / BATCH_CASES)}`
  const build = ({ index, steps }: CasePlan, name = `${index}`) =>
    buildCase(index, steps, { eventId: `evt_fuzz_${name}`, key, secret, port })
  const send = async (subject: HttpCase): Promise<Sent> => {
    const limits = {
      answers: subject.requests.length,
      patienceMs: host.subject.patienceMs ?? PATIENCE_MS,
      spreadMs: plans.length > 1 ? SPREAD_MS : SPREAD_ALONE_MS,
    }
    let conversation = await converse(port, subject.delivery, limits)
    // On a busy machine even a whole body may come after the deadline. Not every time.
    for (let tries = 1; tries < LATE_TRIES && isLate(subject, conversation); tries++)
      conversation = await converse(port, subject.delivery, limits)
    return { subject, conversation }
  }

  const sent = await Promise.all(plans.map((plan) => send(build(plan))))
  const plain = await send(build({ index: first, steps: [] }, `after_${first}`))
  const problemOf = ({ subject, conversation }: Sent) =>
    judgeAnswers(subject, conversation, host.subject.ownErrors)
  const broken = [...sent, plain].find((one) => problemOf(one) !== undefined)
  // That a process has ended is heard a little after its connections are gone.
  if (broken !== undefined) await sleep(HEARD_AFTER_MS)
  const ended = host.ended()
  // Nobody knows which of several it was.
  const only = sent.length === 1 ? sent[0] : undefined
  if (ended !== undefined) return violationOf(ended, only)
  if (broken === plain)
    return violationOf(`a plain webhook after it: ${problemOf(plain)}`, only)
  if (broken !== undefined) return violationOf(problemOf(broken), broken)

  let recording: Recording
  try {
    recording = await host.probe.effects(key)
  } catch (error) {
    return violationOf(host.ended() ?? `${error}`, only)
  }
  for (const one of [...sent, plain]) {
    const problem = judgeEffects(one.subject, recording)
    if (problem !== undefined) return violationOf(problem, one)
  }
  return { acted: recording.effects.length }
}

function isLate({ requests }: HttpCase, { statuses }: Conversation): boolean {
  return requests.some(({ meaning }) => meaning === 'same') && statuses.includes(408)
}

interface Sent {
  readonly subject: HttpCase
  readonly conversation: Conversation
}

function violationOf(problem: string | undefined, sent: Sent | undefined): BatchResult {
  return { violation: { problem: problem ?? 'unknown', ...sent }, acted: 0 }
}

import { setTimeout as wait } from 'node:timers/promises'
import { invalidRequest } from '../../api/stripe-error.ts'
import type { Scenario, Step, StepParam, StepParams } from './scenario.ts'

/** Where a scenario happens. */
export interface Place {
  /** Of the emulator. */
  readonly url: string
  /** `acct_…` */
  readonly account: string
}

type Answers = Readonly<Record<string, unknown>>

/** How often something is asked that takes its time, every 10 ms. */
const MOST_POLLS = 500

/**
 * Does what a scenario says, over the emulator's own API.
 *
 * @throws StripeError 400 when a step is refused
 */
export async function runScenario(place: Place, scenario: Scenario): Promise<void> {
  const answers: Record<string, unknown> = {}
  for (const step of scenario) {
    const answer = await runStep(place, step, answers)
    if (step.as !== undefined) answers[step.as] = answer
  }
}

async function runStep(place: Place, step: Step, answers: Answers): Promise<unknown> {
  for (let polls = 1; ; polls++) {
    const answer = await ask(place, step, answers)
    if (step.until === undefined || valueAt(answer, ['status']) === step.until) {
      return answer
    }
    if (polls === MOST_POLLS) throw refused(step, `it is never ${step.until}`)
    await wait(10)
  }
}

async function ask(
  { url, account }: Place,
  step: Step,
  answers: Answers,
): Promise<unknown> {
  const [method = 'GET', path = '/'] = filled(step.call, answers).split(' ')
  const form = new URLSearchParams()
  for (const [name, value] of pairs(step.params ?? {}))
    form.append(name, filled(value, answers))
  const response = await fetch(url + path, {
    method,
    headers: { authorization: 'Bearer sk_test_trigger', 'stripe-account': account },
    ...(method === 'POST' && { body: form }),
  })
  const answer: unknown = await response.json()
  if (response.ok || (step.isDeclined && response.status === 402)) return answer
  throw refused(step, String(valueAt(answer, ['error', 'message'])))
}

function refused({ call }: Step, message: string): Error {
  return invalidRequest(`The event cannot be made: ${call}: ${message}`)
}

/** `a[b][0]`, with its value. */
function* pairs(
  params: StepParams | readonly StepParam[],
  prefix = '',
): Generator<readonly [string, string]> {
  for (const [key, value] of Object.entries(params)) {
    const name = prefix === '' ? key : `${prefix}[${key}]`
    if (typeof value === 'object') yield* pairs(value, name)
    else yield [name, String(value)]
  }
}

/** With the fields of earlier answers in place of their names. */
function filled(text: string, answers: Answers): string {
  return text.replace(/\{(\w+(?:\.\w+)+)\}/g, (_, path: string) =>
    String(valueAt(answers, path.split('.'))),
  )
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (inner as Readonly<Record<string, unknown>> | undefined)?.[name],
    value,
  )
}

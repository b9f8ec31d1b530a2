import type { Recording } from '../../src/harness/recording.ts'
import { type Conversation, textOf } from './converse.ts'
import type { HttpCase } from './http-case.ts'

/**
 * What is wrong with the answers to a case; `undefined` when nothing is.
 *
 * @param ownErrors Matches what the framework itself answers with a 5xx.
 */
export function judgeAnswers(
  { requests, delivery }: HttpCase,
  { statuses, problem }: Conversation,
  ownErrors: RegExp | undefined,
): string | undefined {
  if (problem !== undefined) return problem
  const broken = statuses.find((status) => status >= 500)
  if (broken !== undefined && !ownErrors?.test(textOf(delivery.segments)))
    return `it was answered with ${broken}`
  for (const [index, { meaning }] of requests.entries()) {
    const status = statuses[index]
    if (meaning === 'same' && (status === undefined || status < 200 || status > 299))
      return `a valid request was answered with ${status ?? 'nothing'}`
    // The first may have changed its method: some answer an OPTIONS with a 2xx.
    if (meaning === 'refused' && index > 0 && (status === undefined || status < 400))
      return `a pipelined request with a wrong signature was answered with ${status ?? 'nothing'}`
  }
  return undefined
}

/** What is wrong with what a case has done. */
export function judgeEffects(
  { requests }: HttpCase,
  { attempts, effects }: Recording,
): string | undefined {
  for (const { eventId, meaning, mayAct } of requests) {
    const isOwn = (recorded: { readonly eventId: string }) => recorded.eventId === eventId
    const attempted = attempts.filter(isOwn).length
    const acted = effects.filter(isOwn).length
    const did = `${eventId}: its handler was entered ${attempted} times, with ${acted} effects`
    if (attempted + acted > 0 && !mayAct)
      return `${did}, although no secret has signed what was sent`
    if (attempted + acted > 0 && meaning === 'refused')
      return `${did}, although it had to be refused`
    if (acted > 1 || (meaning === 'same' && acted !== 1)) return `${did}, not once`
  }
  return undefined
}

import type { KeptLink } from './event-link.ts'
import { differInStatusAlone, isPausedState } from './state-name.ts'

/**
 * The link to the last state of one second, or `undefined` when there is none.
 *
 * The events of a second are the steps of one walk from state to state, in unknown order.
 * It ends in the state that was entered more often than it was left. Where events do not
 * say what they replaced, the walk has gaps. Across those, what cannot be undone comes
 * last, pauses and resumptions take turns, and what the walk began with comes first.
 *
 * @param start The state before this second, when it is known.
 */
export function endOfWalk(
  links: readonly KeptLink[],
  start: KeptLink | undefined,
): KeptLink | undefined {
  const states = new Map<string, KeptLink>()
  for (const link of links)
    if (link.data !== undefined || !states.has(link.after)) states.set(link.after, link)
  const steps = toSteps(links, start)
  const origins = steps.filter(({ isFirst }) => isFirst).concat(start ?? [])
  const isPaused = endsPaused(steps, origins)
  const candidates = [...states.values()].map((link) => {
    const part = partOf(link.after, steps)
    const begins = origins.some(({ after }) => part.has(after))
    const turn = Number(isPausedState(link.after) === isPaused)
    const surplus = surplusOf(link.after, part, steps, origins)
    return { link, merits: [link.rank, turn, surplus, Number(!begins)] }
  })
  return candidates.sort(bestFirst)[0]?.link
}

interface Candidate {
  readonly link: KeptLink
  /** The weightiest first. */
  readonly merits: readonly number[]
}

function bestFirst(one: Candidate, other: Candidate): number {
  const differences = one.merits.map((merit, at) => (other.merits[at] ?? 0) - merit)
  // Where nothing tells, the links' own order decides, which is the same whenever they came.
  return differences.find((each) => each !== 0) ?? 0
}

/**
 * Events about pauses and resumptions do not say what they replaced. Another event may say
 * it too. And a pause changes nothing but the status, while a resumption begins a period.
 */
function toSteps(
  links: readonly KeptLink[],
  start: KeptLink | undefined,
): readonly KeptLink[] {
  const told = links.filter(({ before }) => before !== null)
  const names = new Set([...links, ...(start ? [start] : [])].map(({ after }) => after))
  return links.flatMap((link) => {
    const { before, after, turn } = link
    if (before !== null || turn === 0) return [link]
    if (told.some((one) => one.after === after && one.turn === turn)) return []
    if (turn === -1) return [link]
    const alike = [...names].filter((name) => differInStatusAlone(name, after))
    const ends = alike.filter((name) => balanceOf(name, told) > 0)
    const [found, ...others] = alike.length > 1 ? ends : alike
    const isClear = found !== undefined && others.length === 0
    return [isClear ? { ...link, before: found } : link]
  })
}

/** How much more often a state was entered than left, as far as events say. */
function balanceOf(state: string, steps: readonly KeptLink[]): number {
  const entries = steps.filter(({ before, after }) => before !== null && after === state)
  return entries.length - steps.filter(({ before }) => before === state).length
}

/** The states that are connected with one by steps that say what they replaced: the walk has no gap there. */
function partOf(state: string, steps: readonly KeptLink[]): ReadonlySet<string> {
  const part = new Set([state])
  for (const one of part)
    for (const { before, after } of steps) {
      if (before === one) part.add(after)
      if (after === one && before !== null) part.add(before)
    }
  return part
}

/** Whether a part of the walk ends in a state (1), or does not (0); -1 when it begins there. */
function surplusOf(
  state: string,
  part: ReadonlySet<string>,
  steps: readonly KeptLink[],
  origins: readonly KeptLink[],
): number {
  const isCircle = [...part].every((one) => balanceOf(one, steps) === 0)
  if (!isCircle) return Math.sign(balanceOf(state, steps))
  // A circle ends where the walk came into it.
  const begun = origins.filter(({ after }) => part.has(after))
  const entries = begun.length > 0 ? begun : steps.filter(({ before }) => before === null)
  return Number(entries.some(({ after }) => after === state))
}

/** Whether the subscription is paused in the end, or `undefined` when nothing tells. */
function endsPaused(
  steps: readonly KeptLink[],
  origins: readonly KeptLink[],
): boolean | undefined {
  const balance = steps.reduce((sum, { turn }) => sum + turn, 0)
  if (balance !== 0) return balance > 0
  const origin = origins.at(-1)
  return origin && isPausedState(origin.after)
}

import { endOfWalk } from './end-of-walk.ts'
import type { KeptLink } from './event-link.ts'
import { FINAL_RANK } from './rank-of.ts'

/** The order of more changes than this, of one object in two seconds, is a guess. */
const MAX_LINKS = 32

/**
 * Of all links that were ever seen, those that decide: of the two newest seconds. They are
 * a function of the set of links, in whatever order those came.
 */
export function keepNewest(links: readonly KeptLink[]): readonly KeptLink[] {
  const [newest, second] = [...new Set(links.map(({ at }) => at))].sort((a, b) => b - a)
  const known = new Set<string>()
  return links
    .filter(({ at }) => at === newest || at === second)
    .sort((a, b) => b.at - a.at || b.rank - a.rank || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_LINKS)
    .map(({ data, ...link }) => {
      const mayBeNewest = link.at === newest || link.rank >= FINAL_RANK
      if (data === undefined || !mayBeNewest || known.has(link.after)) return link
      known.add(link.after)
      return { ...link, data }
    })
}

/** The links of the second that decides: the newest one, unless the object's end came before it. */
export function newestOf(links: readonly KeptLink[]): readonly KeptLink[] {
  const ends = links.filter(({ rank }) => rank >= FINAL_RANK)
  const candidates = ends.length > 0 ? ends : links
  const newest = Math.max(...candidates.map(({ at }) => at))
  return candidates.filter(({ at }) => at === newest)
}

/** The link to the newest state, or `undefined` when there is none. */
export function headOf(links: readonly KeptLink[]): KeptLink | undefined {
  const steps = newestOf(links)
  const older = links.filter(({ at }) => steps.every((step) => at < step.at))
  return endOfWalk(steps, endOfWalk(older, undefined))
}

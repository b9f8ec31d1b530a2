/**
 * Whether a path is what a pattern says, in which `*` stands for anything and `{…}` for one
 * segment: `/v1/payment_intents/{intent}/confirm`. It takes no longer the more there are of
 * them; a regular expression might not come to an end.
 */
export function matchesPath(path: string, pattern: string): boolean {
  const tokens = pattern.match(/\{[^}]*\}|./gsu) ?? []
  /** How many tokens may stand for what has been read. */
  let places = withEmpty(new Set([0]), tokens)
  for (const character of path) {
    const next = new Set<number>()
    for (const place of places) {
      const token = tokens[place]
      const isSegment = token !== undefined && token.length > 1 && token.startsWith('{')
      if (token === '*' || (isSegment && character !== '/')) next.add(place)
      if (token === character || (isSegment && character !== '/')) next.add(place + 1)
    }
    places = withEmpty(next, tokens)
  }
  return places.has(tokens.length)
}

/** A `*` may stand for nothing. */
function withEmpty(
  places: ReadonlySet<number>,
  tokens: readonly string[],
): ReadonlySet<number> {
  const all = new Set(places)
  for (const place of all) if (tokens[place] === '*') all.add(place + 1)
  return all
}

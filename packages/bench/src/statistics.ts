/** The middle value, or the mean of the two in the middle; `NaN` of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** Divides what two sides took in the same round, round by round: what both felt cancels out. */
export function ratiosOf(
  ours: readonly number[],
  theirs: readonly number[],
): readonly number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN))
}

import type { Benchmark, Figure, Goal } from './benchmark.ts'
import { medianOf } from './statistics.ts'

/** What one benchmark has found out. */
export interface Result {
  readonly name: string
  readonly rounds: number
  readonly figures: readonly Figure[]
}

interface FigureJson {
  readonly id: string
  /** The median of all rounds. */
  readonly value: number
  readonly unit: Figure['unit']
  /** The lowest and the highest round. */
  readonly spread: readonly [number, number]
  readonly note?: string
}

interface MetricJson extends FigureJson {
  readonly goal: number
  readonly direction: Goal['direction']
  readonly met: boolean
}

interface ResultJson {
  readonly name: string
  readonly rounds: number
  /** Everything that has a goal. */
  readonly metrics: readonly MetricJson[]
  /** Everything else. */
  readonly figures: readonly FigureJson[]
}

/** The result as other programs read it: one object, or an array of several. */
export function toJson(results: readonly Result[]): ResultJson | readonly ResultJson[] {
  const all = results.map(resultToJson)
  const [only] = all
  return only !== undefined && all.length === 1 ? only : all
}

function resultToJson({ name, rounds, figures }: Result): ResultJson {
  return {
    name,
    rounds,
    metrics: figures.flatMap((figure) =>
      figure.goal === undefined ? [] : [metricToJson(figure, figure.goal)],
    ),
    figures: figures.filter(({ goal }) => goal === undefined).map(figureToJson),
  }
}

function metricToJson(figure: Figure, goal: Goal): MetricJson {
  return {
    ...figureToJson(figure),
    goal: goal.value,
    direction: goal.direction,
    met: isMet(figure, goal),
  }
}

function figureToJson({ id, unit, rounds, note }: Figure): FigureJson {
  return {
    id,
    value: medianOf(rounds),
    unit,
    spread: spreadOf(rounds),
    ...(note !== undefined && { note }),
  }
}

/** Tells whether a figure's median reaches its goal. */
export function isMet({ rounds }: Figure, goal: Goal): boolean {
  const value = medianOf(rounds)
  return goal.direction === 'at-most' ? value <= goal.value : value >= goal.value
}

function spreadOf(rounds: readonly number[]): readonly [number, number] {
  return [Math.min(...rounds), Math.max(...rounds)]
}

const ID_WIDTH = 46

/** The table of one benchmark, for people. */
export function toTable(
  { name, rounds, figures }: Result,
  { about }: Benchmark,
  quick: boolean,
): string {
  const lines = [
    `${name}: ${about}`,
    quick
      ? 'Quick: this only shows that it works. The figures mean nothing.'
      : `Median of ${rounds} alternating rounds; ratios hold on any machine, times do not.`,
    row('', 'median', 'spread', 'goal', ''),
    ...figures.flatMap(figureToLines),
  ]
  return `${lines.join('\n')}\n`
}

function figureToLines(figure: Figure): readonly string[] {
  const { id, unit, rounds, goal, note } = figure
  const spread = spreadOf(rounds).map(toText).join(' – ')
  const goalText =
    goal && `${goal.direction === 'at-most' ? '≤' : '≥'} ${toText(goal.value)}`
  const met = goal && (isMet(figure, goal) ? '✔' : '✗ missed')
  const line = row(id, `${toText(medianOf(rounds))} ${unit}`, spread, goalText, met)
  return note === undefined ? [line] : [line, `    ${note}`]
}

function row(id: string, value: string, spread: string, goal = '', met = ''): string {
  return `  ${id.padEnd(ID_WIDTH)} ${value.padStart(12)}  ${spread.padEnd(18)} ${goal.padEnd(8)} ${met}`.trimEnd()
}

function toText(value: number): string {
  const text = value.toFixed(Math.abs(value) < 10 ? 2 : 1)
  return Number(text) === 0 ? '0.00' : text
}

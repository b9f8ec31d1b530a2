import type { Figures } from './campaign.ts'

/** The last line of the command. */
export function figureLine(all: readonly Figures[]): string {
  const { kills, lost, doubled, regressed, other } = totalsOf(all)
  const more = other === 0 ? '' : `, ${other} other violation`
  return `${kills} kills, ${lost} acknowledged lost, ${doubled} effects doubled, ${regressed} objects regressed${more}`
}

export function printFigures(figures: Figures): string {
  const { store, kills, atSteps, worlds, acknowledged, deliveries, seconds } = figures
  const steps = [...figures.steps].sort(([one], [other]) => (one < other ? -1 : 1))
  const hit = steps.filter(([, count]) => count > 0).length
  const rate = Math.round(kills / (seconds / 60))
  return [
    ...steps.map(([step, count]) => `${String(count).padStart(6)} ${store} ${step}`),
    ...[...figures.disturbances].map(
      ([name, count]) =>
        `${String(count).padStart(6)} ${store} ${name}${count === 0 ? ': this machine cannot do it' : ''}`,
    ),
    `${store}: ${kills} kills (${atSteps} at ${hit} of ${steps.length} steps, ${kills - atSteps} at any moment), ${rate} a minute; ${worlds} worlds, ${acknowledged} events acknowledged in ${deliveries} deliveries`,
    ...(figures.violation === undefined ? [] : [describeViolation(figures)]),
  ].join('\n')
}

function describeViolation({ store, violation, kills }: Figures): string {
  return [
    `✗ ${violation?.what}`,
    `Again: npm run crash -- --store ${store} --seed ${violation?.seed} --kills ${Math.min(kills, 40)}`,
  ].join('\n')
}

export function toReport(seed: number, all: readonly Figures[]): object {
  return {
    seed,
    ...totalsOf(all),
    stores: all.map(({ steps, disturbances, ...figures }) => ({
      ...figures,
      steps: Object.fromEntries(steps),
      disturbances: Object.fromEntries(disturbances),
    })),
  }
}

function totalsOf(all: readonly Figures[]): {
  readonly kills: number
  readonly lost: number
  readonly doubled: number
  readonly regressed: number
  readonly other: number
} {
  const count = (harm: string) =>
    all.filter(({ violation }) => violation?.harm === harm).length
  return {
    kills: all.reduce((sum, { kills }) => sum + kills, 0),
    lost: count('lost'),
    doubled: count('doubled'),
    regressed: count('regressed'),
    other: count('other'),
  }
}

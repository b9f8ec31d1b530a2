import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { Command, Option } from 'commander'
import { seedNumber, wholeNumber } from '../command-line/number-flags.ts'
import { type ExitCode, runProgram } from '../command-line/run-program.ts'
import { type Figures, runCampaign } from './campaign.ts'
import type { StoreName } from './child/messages.ts'
import { findPlanted } from './find-planted.ts'
import { plantedFaults } from './planted-faults.ts'
import { figureLine, printFigures, toReport } from './report.ts'
import { type Ground, openGround } from './stores.ts'

interface Flags {
  readonly kills: number
  readonly store: readonly StoreName[]
  readonly seed: number
  readonly json?: string
  readonly planted?: true
}

const STORES = ['sqlite', 'postgres', 'engine'] as const
const PROGRESS_MS = 3_000

/** Runs the command line and gives the exit code. Never rejects. */
export function runCli(args: readonly string[]): Promise<ExitCode> {
  return runProgram<Flags>(createProgram(), args, (flags) =>
    flags.planted === true ? runPlanted(flags) : run(flags),
  )
}

function createProgram(): Command {
  return new Command('npm run crash --')
    .description(
      'Kills an application while it takes webhooks, again and again, and looks at what is left',
    )
    .option('--kills <n>', 'kills, spread over the stores', wholeNumber, 300)
    .addOption(
      new Option('--store <name...>', 'on these stores (repeatable)')
        .choices(STORES)
        .default(STORES, 'all'),
    )
    .option('--seed <n>', 'of the first world', seedNumber, randomInt(2 ** 31))
    .option('--json <file>', 'write the figures to a file')
    .option('--planted', 'plant faults into the sources, each of which has to be found')
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
}

async function run({ kills, store, seed, json }: Flags): Promise<ExitCode> {
  process.stderr.write(`seed ${seed}\n`)
  const all: Figures[] = []
  for (const [index, name] of store.entries()) {
    const share = Math.floor((kills + index) / store.length)
    const figures = await onGround(name, (ground) =>
      runCampaign({
        store: name,
        kills: share,
        seed,
        ground,
        onProgress: createProgress(share),
      }),
    )
    all.push(figures)
    say(printFigures(figures))
    if (figures.violation !== undefined) break
  }
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify(toReport(seed, all), undefined, 2)}\n`)
  }
  const violation = all.find((figures) => figures.violation !== undefined)
  say(figureLine(all))
  return violation === undefined ? 0 : 1
}

async function runPlanted({ store }: Flags): Promise<ExitCode> {
  const faults = plantedFaults.filter((fault) => store.includes(fault.store))
  let found = 0
  for (const name of store) {
    const own = faults.filter((fault) => fault.store === name)
    if (own.length === 0) continue
    await onGround(name, async (ground) => {
      for (const fault of own) {
        const { kills, violation } = await findPlanted(fault, ground)
        const isFound = fault.harms.some((harm) => harm === violation?.harm)
        if (isFound) found += 1
        const what = violation?.what.split('\n')[0] ?? 'nothing'
        say(`${isFound ? '✔' : '✗'} ${fault.id}: ${what} (${kills} kills)`)
      }
    })
  }
  say(`${found} of ${faults.length} planted faults found`)
  return found === faults.length ? 0 : 1
}

async function onGround<T>(
  store: StoreName,
  work: (ground: Ground) => Promise<T>,
): Promise<T> {
  const ground = await openGround(store)
  try {
    return await work(ground)
  } finally {
    await ground.close()
  }
}

function createProgress(all: number): (figures: Omit<Figures, 'seconds'>) => void {
  const began = performance.now()
  let last = began
  return ({ store, kills, worlds, acknowledged, deliveries }) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    const rate = Math.round(kills / ((now - began) / 60_000))
    process.stderr.write(
      `${store}: ${kills} of ${all} kills, ${rate} a minute; ${worlds} worlds, ${acknowledged} events acknowledged in ${deliveries} deliveries; no violation\n`,
    )
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

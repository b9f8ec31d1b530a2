import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Recorded } from './recording.ts'

/** Keeps which handlers were entered, by conformance key. */
export class AttemptLog {
  readonly #attempts = new Map<string, Recorded[]>()
  readonly #file: string | undefined

  /** @param folder Keeps them over restarts. Default: they are in memory. */
  constructor(folder?: string) {
    this.#file = folder && join(folder, 'attempts.jsonl')
    if (this.#file === undefined || !existsSync(this.#file)) return
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      const [key, entry] = parse(line)
      if (entry !== undefined) this.#keep(key, entry)
    }
  }

  of(key: string): readonly Recorded[] {
    return this.#attempts.get(key) ?? []
  }

  /** Tells how many there are of this key now. */
  add(key: string, entry: Recorded): number {
    // The line break comes first: it ends what a crash may have cut off.
    if (this.#file !== undefined)
      appendFileSync(this.#file, `\n${JSON.stringify([key, entry])}`)
    return this.#keep(key, entry)
  }

  #keep(key: string, entry: Recorded): number {
    const attempts = this.#attempts.get(key) ?? []
    this.#attempts.set(key, attempts)
    return attempts.push(entry)
  }
}

function parse(line: string): readonly [key: string, entry?: Recorded] {
  try {
    return JSON.parse(line)
  } catch {
    return ['']
  }
}

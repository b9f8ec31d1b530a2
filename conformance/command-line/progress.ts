import process from 'node:process'

const EVERY_MS = 3_000

/** Writes to stderr how far something is, now and then. */
export function createProgress(what: string): (done: number, all: number) => void {
  const began = performance.now()
  let last = began
  return (done, all) => {
    const now = performance.now()
    if (now - last < EVERY_MS) return
    last = now
    const rate = Math.round(done / ((now - began) / 1000))
    process.stderr.write(`${what}: ${done} of ${all} cases, ${rate} a second\n`)
  }
}

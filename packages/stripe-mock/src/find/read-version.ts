import { execFile } from 'node:child_process'

/** The release that a binary says it is, or `undefined` when it names none. */
export function readVersion(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['-version'], { timeout: 5_000 }, (error, stdout) => {
      resolve(error === null ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined)
    })
  })
}

/** Compares two releases (`0.203.0`) number by number. */
export function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, 'en', { numeric: true }) >= 0
}

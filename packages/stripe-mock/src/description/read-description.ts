import { readFile } from 'node:fs/promises'
import { StripeMockError } from '../stripe-mock-error.ts'
import type { OpenApiDescription } from './open-api.ts'

/** How a description begins, and how it ends: nothing else in it stands at the start of a line. */
const START = '{\n  "components": {'
const END = '\n}'
const INFO = '\n  "info": {'
const INFO_END = '\n  }'

/**
 * The OpenAPI description that a stripe-mock goes by unless it is started with `-beta` or
 * `-spec`. It is embedded in the binary as plain text.
 *
 * @param binaryPath Of the program, as `findBinary` and `startStripeMock` give it.
 * @throws StripeMockError when there is none in it
 */
export async function readDescription(binaryPath: string): Promise<OpenApiDescription> {
  const bytes = await readFile(binaryPath)
  for (let start = bytes.indexOf(START); start >= 0; ) {
    const end = bytes.indexOf(END, start)
    if (end < 0) break
    const text = bytes.subarray(start, end + END.length)
    if (isServed(text)) return JSON.parse(text.toString()) as OpenApiDescription
    start = bytes.indexOf(START, end)
  }
  throw new StripeMockError(`There is no OpenAPI description in ${binaryPath}.`)
}

/** Beta features have a description of their own, whose version is `….preview; some_beta=v2; …`. */
function isServed(description: Buffer): boolean {
  const start = description.indexOf(INFO)
  if (start < 0) return false
  const end = description.indexOf(INFO_END, start)
  const info = description.toString('utf8', start + INFO.length, end)
  const version = /"version": "([^"]*)"/.exec(info)?.[1]
  return version !== undefined && !/beta|preview/.test(version)
}

import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does what an event tells its handler to do: `ok`, `throw`, `throw-once` or
 * `sleep:<milliseconds>`, from `data.object.metadata.conformance`.
 *
 * @param attempt How many times handlers have been entered for this key.
 */
export async function obey(
  instruction: string | undefined,
  attempt: number,
): Promise<void> {
  const milliseconds = /^sleep:(\d{1,5})$/.exec(instruction ?? '')?.[1]
  if (milliseconds !== undefined) await sleep(Number(milliseconds))
  if (instruction === 'throw' || (instruction === 'throw-once' && attempt === 1)) {
    throw new Error('the handler was told to throw')
  }
}

import { randomBytes, randomUUID } from 'node:crypto'

/** An id such as `pi_3f09…`. */
export function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`
}

/** Unguessable characters, for secrets: letters and digits. */
export function randomCharacters(count: number): string {
  return randomBytes(count).toString('hex').slice(0, count)
}

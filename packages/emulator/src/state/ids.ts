import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random characters as Stripe's ids have them. */
export function randomCharacters(count: number): string {
  let characters = ''
  for (const byte of randomBytes(count)) characters += ALPHABET[byte % ALPHABET.length]
  return characters
}

/** An id such as `pi_3Nk…`. */
export function newId(prefix: string): string {
  return `${prefix}_${randomCharacters(24)}`
}

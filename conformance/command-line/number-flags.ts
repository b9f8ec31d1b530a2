import { InvalidArgumentError } from 'commander'

/** For a flag that counts. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a whole number below 1,000,000,000.')
}

/** For a flag that is a seed. */
export function seedNumber(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw new InvalidArgumentError('Give a whole number below 2^32.')
}

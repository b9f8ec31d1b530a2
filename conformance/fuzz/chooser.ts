/** Decides what a case is made of. The same numbers give the same case, and 0 gives the plainest. */
export class Chooser {
  readonly #next: () => number

  /** @param next Gives whole numbers from 0 up to 2^31 - 1. */
  constructor(next: () => number) {
    this.#next = next
  }

  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number {
    return this.#next() % bound
  }

  /** One of these; one that stands there twice comes twice as often. */
  of<T>(options: readonly [T, ...T[]]): T {
    return options[this.below(options.length)] ?? options[0]
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1
  }
}

/** Replays numbers, and 0 when they are used up. */
export function chooserOf(numbers: readonly number[]): Chooser {
  let index = 0
  return new Chooser(() => numbers[index++] ?? 0)
}

/** Draws numbers from a seed. */
export function seededChooser(seed: number): Chooser {
  let state = seed | 0
  return new Chooser(() => {
    state = (state + 0x9e3779b9) | 0
    return mixed(state) >>> 1
  })
}

/** A seed for one part of a campaign: an unsigned integer of 32 bits. */
export function deriveSeed(seed: number, ...parts: readonly (number | string)[]): number {
  let derived = seed | 0
  for (const part of parts) {
    for (const character of `${part}/`) derived = mixed(derived ^ character.charCodeAt(0))
  }
  return derived >>> 0
}

/** The finalizer of MurmurHash3: every bit of the input changes about half of the output. */
function mixed(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

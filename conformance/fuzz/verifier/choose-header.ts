import { v1Of } from '../../src/signer/sign.ts'
import type { Chooser } from '../chooser.ts'

/** What goes into a header: the truth, from which it may then depart. */
export interface SignedFacts {
  readonly body: Uint8Array
  /** Signs the good `v1`. */
  readonly secret: string
  /** Signs some of the others. */
  readonly otherSecret: string
  /** Seconds since 1970-01-01 UTC. */
  readonly timestamp: number
}

/** A header from the grammar of Stripe's, and in about half of the cases one that departs from it. */
export function chooseHeader(facts: SignedFacts, choose: Chooser): string | undefined {
  const time = choose.oneIn(16)
    ? oddTimestamp(facts.timestamp, choose)
    : `${facts.timestamp}`
  // Signed as it is written: then nothing but the grammar speaks against it.
  const good = v1Of(facts.body, facts.secret, time)
  const signatures = chooseSignatures(good, time, facts, choose)
  const items = [`t=${time}`, ...signatures, ...otherSchemes(good, choose)]
  if (choose.oneIn(8)) swap(items, choose)
  const header = choose.oneIn(20) ? changedItems(items, choose) : items.join(',')
  if (choose.oneIn(40)) return padded(header, choose)
  if (choose.oneIn(8)) return changedCharacter(header, choose)
  return choose.oneIn(60) ? undefined : header
}

function oddTimestamp(seconds: number, choose: Chooser): string {
  return choose.of([
    `0${seconds}`,
    '',
    '0',
    `+${seconds}`,
    `-${seconds}`,
    `${seconds}.0`,
    `${seconds}junk`,
    `${seconds}e0`,
    `0x${seconds.toString(16)}`,
    'NaN',
    'Infinity',
    ` ${seconds}`,
    `${seconds}0000`,
    '9999999999999',
    '\u0661\u0666',
    `${seconds}_0`,
  ])
}

/** How many `v1`: mostly few, up to 16 are allowed. */
const COUNTS = [
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 5, 15, 16, 16, 17, 0, 20,
] as const

function chooseSignatures(
  good: string,
  time: string,
  facts: SignedFacts,
  choose: Chooser,
): readonly string[] {
  const count = choose.of(COUNTS)
  const goodAt = choose.below(Math.max(1, count))
  // Most others are well formed, so that the good one beside them still counts.
  const spoiled = choose.oneIn(8) ? choose.below(Math.max(1, count)) : -1
  return Array.from({ length: count }, (_, at) => {
    if (at === spoiled) return `v1=${malformed(good, choose)}`
    return `v1=${at === goodAt ? good : wellFormed(good, time, facts, choose)}`
  })
}

function wellFormed(
  good: string,
  time: string,
  { body, otherSecret, timestamp, secret }: SignedFacts,
  choose: Chooser,
): string {
  switch (choose.below(7)) {
    case 0:
      return '0'.repeat(64)
    case 1:
      // A match of all but the last digit, or of all but the first.
      return `${good.slice(0, 63)}${good.endsWith('0') ? '1' : '0'}`
    case 2:
      return `${good.startsWith('0') ? '1' : '0'}${good.slice(1)}`
    case 3:
      return v1Of(body, otherSecret, time)
    case 4:
      return v1Of(body, secret, timestamp + 1)
    case 5:
      return [...good].reverse().join('')
    default:
      return good
  }
}

function malformed(good: string, choose: Chooser): string {
  return choose.of([
    good.slice(0, 63),
    '',
    `${good}0`,
    good.toUpperCase(),
    `${good.slice(0, 63)}g`,
    `${good.slice(0, 62)}+0`,
    `0x${good.slice(2)}`,
    '\u00e9'.repeat(64),
    `${good.slice(0, 63)}\uff10`,
    `${good}=`,
    `=${good}`,
    ` ${good}`,
    good.repeat(2),
  ])
}

function otherSchemes(good: string, choose: Chooser): readonly string[] {
  return Array.from({ length: choose.of([0, 0, 0, 0, 0, 0, 1, 1, 2]) }, () =>
    choose.of([
      `v0=${good}`,
      `v0=${good}`,
      `v2=${good}`,
      'scheme=',
      `V1=${good}`,
      'T=1',
      `v11=${good}`,
      `v=${good}`,
      'tt=1',
      'v1.=x',
      'v0==',
      '=x',
      'v1',
      't',
      '',
    ]),
  )
}

function swap(items: string[], choose: Chooser): void {
  const left = choose.below(items.length)
  const right = choose.below(items.length)
  const [a = '', b = ''] = [items[left], items[right]]
  items[left] = b
  items[right] = a
}

function changedItems(items: readonly string[], choose: Chooser): string {
  const at = choose.below(items.length)
  const item = items[at] ?? ''
  switch (choose.below(5)) {
    case 0:
      return items.toSpliced(at, 1).join(',')
    case 1:
      return items.toSpliced(at, 0, item).join(',')
    case 2:
      return items.join(', ')
    case 3:
      // As frameworks join a header that came twice.
      return `${items.join(',')}, ${items.join(',')}`
    default:
      return items.join(choose.of([';', ',,', '&', '|', '\uff0c']))
  }
}

/** To about 4096 characters. */
function padded(header: string, choose: Chooser): string {
  const length = choose.of([4_096, 4_095, 4_097, 5_000, 70_000])
  return `${header},v0=`.padEnd(length, 'a')
}

const CHARACTERS = [
  ...' \t\r\n\0,=;~!\x7f\x20tv01aAgG',
  '\u00a0',
  '\u00e9',
  '\u0174',
  '\u0130',
  '\u212a',
  '\u2028',
  '\ud800',
  '\ufeff',
  '\uff10',
] as const

function changedCharacter(header: string, choose: Chooser): string {
  const at = choose.below(header.length + 1)
  const kept = choose.of([1, 0, 2])
  const inserted = choose.oneIn(4) ? '' : choose.of([' ', ...CHARACTERS])
  return `${header.slice(0, at)}${inserted}${header.slice(at + kept)}`
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { packageRoot } from '../package-root.ts'
import type { Check } from './check.ts'
import type { OptionalFeature } from './optional-feature.ts'

export type Level = 'MUST' | 'SHOULD' | 'MAY' | 'INFO'

/** A dated list of checks with their levels. */
export interface Profile {
  readonly name: string
  /** The digest of the fixtures that its checks send. */
  readonly fixtures: string
  /** Features that a target may declare absent; the checks on them are then inapplicable. */
  readonly optionalFeatures: readonly OptionalFeature[]
  readonly levels: Readonly<Record<string, Level>>
  /** Variants in which only these checks run, or checks of these groups. In any other, all run. */
  readonly subsets: Readonly<Record<string, readonly string[]>>
}

export const CURRENT_PROFILE = '2026-11-draft'

/** @throws Error when there is no such profile. */
export function loadProfile(name: string = CURRENT_PROFILE): Profile {
  const names = readdirSync(new URL('profiles/', packageRoot)).map((file) =>
    file.replace(/\.json$/, ''),
  )
  if (!names.includes(name)) {
    throw new Error(`there is no profile ${name}; there is: ${names.join(', ')}`)
  }
  const source = readFileSync(new URL(`profiles/${name}.json`, packageRoot), 'utf8')
  return JSON.parse(source) as Profile
}

/** The checks of a profile that a variant runs. */
export function checksOf(
  profile: Profile,
  variant: string,
  catalogue: readonly Check[],
): readonly Check[] {
  const subset = profile.subsets[variant]
  return catalogue.filter(
    (check) =>
      Object.hasOwn(profile.levels, check.id) &&
      (check.variant === undefined || check.variant === variant) &&
      (subset === undefined || subset.some((part) => isOf(check.id, part))),
  )
}

/** Whether a check has something to say of a target with these features. */
export function isApplicable(
  { feature, unlessFeature }: Check,
  { optionalFeatures }: Pick<Profile, 'optionalFeatures'>,
  features: readonly string[],
): boolean {
  const lacks = (one: OptionalFeature) =>
    optionalFeatures.includes(one) && !features.includes(one)
  return !(feature && lacks(feature)) && (!unlessFeature || lacks(unlessFeature))
}

/** @param part An id, or a whole group: `webhook.dispatch.*`. */
function isOf(id: string, part: string): boolean {
  return part.endsWith('.*') ? id.startsWith(part.slice(0, -1)) : id === part
}

/** One digest over all fixtures: which bytes a report speaks of. */
export function fixturesDigest(): string {
  const folder = new URL('fixtures/events/', packageRoot)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) {
    hash.update(`${file}\n`).update(readFileSync(new URL(file, folder)))
  }
  return hash.digest('hex')
}

import { catalogue } from '../catalogue/catalogue.ts'
import { loadProfile } from '../catalogue/profile.ts'
import { requirements } from '../catalogue/requirements.ts'
import { UsageError } from './usage-error.ts'

/** Every check of a profile, one line each. */
export function describeCatalogue(profileName?: string): string {
  const { name, levels } = profileOrUsageError(profileName)
  const width = Math.max(...catalogue.map(({ id }) => id.length))
  const lines = catalogue
    .filter(({ id }) => Object.hasOwn(levels, id))
    .map(({ id, title }) => `${id.padEnd(width)}  ${levels[id]?.padEnd(6)}  ${title}`)
  return [`${lines.length} checks of profile ${name}`, '', ...lines, ''].join('\n')
}

/** Everything about one check. */
export function explainCheck(id: string): string {
  const check = catalogue.find((candidate) => candidate.id === id)
  if (check === undefined) {
    const similar = catalogue
      .filter((candidate) => candidate.id.includes(id))
      .map(({ id: it }) => it)
    throw new UsageError(
      `there is no check ${id}${similar.length > 0 ? `; do you mean ${similar.join(', ')}?` : '; list names them all'}`,
    )
  }
  const requirement = requirements().get(check.requirement)
  const lines = [
    check.id,
    `  ${check.title}`,
    `  requirement  ${check.requirement} (${requirement?.from}): ${requirement?.sentence}`,
    `               ${requirement?.url}`,
    `  level        ${loadProfile().levels[check.id] ?? 'not in the profile'}`,
  ]
  if (check.variant !== undefined) lines.push(`  variant      ${check.variant} only`)
  if (check.dependsOn.length > 0)
    lines.push(`  depends on   ${check.dependsOn.join(', ')}`)
  if (check.hint !== undefined) lines.push(`  fix          ${check.hint}`)
  return [...lines, ''].join('\n')
}

export function profileOrUsageError(name?: string): ReturnType<typeof loadProfile> {
  try {
    return loadProfile(name)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** The version of an installed package. */
export function versionOf(packageName: string): string {
  const file = findPackageJSON(packageName, import.meta.url)
  if (file === undefined) throw new Error(`${packageName} is not installed`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

// At release: cross-compiles stripe-mock for every platform, writes one npm package for each,
// and names them as optional dependencies of @countersign/stripe-mock. They are named only
// then, because a lockfile cannot hold packages that are not published yet.
//
//   node scripts/release/build-platform-packages.ts <folder>
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { buildPlatformPackage } from './build-platform-package.ts'
import { packageNameOf, platforms } from './platforms.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/release/build-platform-packages.ts <folder>')
  process.exit(2)
}

const manifestFile = new URL('../../packages/stripe-mock/package.json', import.meta.url)
const manifest = JSON.parse(await readFile(manifestFile, 'utf8'))

for (const platform of platforms) {
  const name = packageNameOf(platform)
  console.log(`Building ${name}…`)
  await buildPlatformPackage(
    platform,
    join(folder, `stripe-mock-${platform.os}-${platform.cpu}`),
    manifest.version,
  )
}
manifest.optionalDependencies = Object.fromEntries(
  platforms.map((platform) => [packageNameOf(platform), manifest.version]),
)
await writeFile(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`)
console.log(`${platforms.length} packages in ${folder}`)

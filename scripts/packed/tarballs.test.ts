import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { run } from './consumer.ts'

const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url))
const packages = Object.entries(inject('packed'))

it('packs every package that is not private', async () => {
  const root = new URL('../../', import.meta.url)
  const folders = (await readdir(new URL('packages', root))).map(
    (name) => `packages/${name}`,
  )
  const manifests = await Promise.all(
    [...folders, 'conformance'].map(async (folder) =>
      JSON.parse(await readFile(new URL(`${folder}/package.json`, root), 'utf8')),
    ),
  )
  const names = manifests.filter((manifest) => !manifest.private).map(({ name }) => name)
  expect(packages.map(([name]) => name).sort()).toEqual(names.sort())
})

describe.each(packages)('%s', (_, { tarball, folder }) => {
  it('is packaged as publint asks', async () => {
    const { exitCode, output } = await run(folder, join(bin, 'publint'), [
      'run',
      tarball,
      '--strict',
    ])
    expect(exitCode, output).toBe(0)
  })

  it('has types that resolve wherever its code does', async () => {
    const attw = await run(folder, join(bin, 'attw'), [
      tarball,
      '--profile',
      'esm-only',
      '--no-emoji',
    ])
    expect(attw.exitCode, attw.output).toBe(0)
  })

  it('names no file and no version that only this repository has', async () => {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8')
    expect(manifest).not.toMatch(/workspace:|catalog:/)
    const {
      exports,
      imports = {},
      bin: commands = {},
      dependencies = {},
    } = JSON.parse(manifest)
    // A user gets the fixes of what it depends on.
    for (const range of Object.values(dependencies)) expect(range).toMatch(/^\^/)
    expect(JSON.stringify([exports, imports, commands])).not.toMatch(
      /src\/[^"]*(?<!\.d)\.ts/,
    )
  })

  it('holds a README, the license and no test', async () => {
    const files = await readdir(folder, { recursive: true })
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
    expect(files.filter((file) => /\.test(?:-setup)?\./.test(file))).toEqual([])
  })
})

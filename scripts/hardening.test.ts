// docs/hardening.md points at what proves each row; nothing it points at may be gone.
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

const proofs = read('docs/hardening.md')
  .split('\n')
  .filter((line) => /^\| (?!-|input)/.test(line))
  .map((row) => row.split(/(?<!\\)\|/).at(-2) ?? '')

it('every row of docs/hardening.md names what proves it', () => {
  expect(proofs.length).toBeGreaterThan(30)
  for (const proof of proofs) expect(proof).toMatch(/`[^`]+`/)
})

it('everything that docs/hardening.md names is there', () => {
  const { levels } = JSON.parse(read('conformance/profiles/2026-11-draft.json'))
  const { scripts } = JSON.parse(read('package.json'))
  const missing = proofs
    .flatMap((proof) => [...proof.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .filter((name) => {
      const command = /^npm run (\w+)/.exec(name)?.[1]
      if (command !== undefined) return !(command in scripts)
      if (name.startsWith('webhook.')) return !(name in levels)
      return !existsSync(new URL(name, root))
    })
  expect(missing).toEqual([])
})

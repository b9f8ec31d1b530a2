import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { runCommandLine } from './cli/command-line.test-setup.ts'
import { emulator } from './emulator.test-setup.ts'
import { API_FAULTS } from './faults/api-faults.ts'
import { DELIVERY_FAULTS } from './faults/delivery-faults.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

it('the README names every control endpoint, and no other', async () => {
  const answer = await fetch(`${emulator.url}/_emulator/nothing`)
  const { error } = (await answer.json()) as { error: { message: string } }
  const named = (text: string) =>
    [...text.matchAll(/(?:GET|POST) \/_emulator[\w/{}]*/g)].map(([name]) => name)
  const [, ...endpoints] = named(error.message)
  expect([...new Set(named(readme))].sort()).toEqual(endpoints.sort())
})

it('the README names every command, and every flag of start', async () => {
  const { stdout } = await runCommandLine(['--help'])
  const commands = [...stdout.matchAll(/^ {2}(\w+) (?:\[|\w)/gm)].map(
    ([, name = '']) => name,
  )
  expect(commands).toContain('coverage')
  for (const name of commands.filter((one) => one !== 'start' && one !== 'help'))
    expect(readme).toMatch(new RegExp(`^\\|.*\`${name}\\b`, 'm'))
  const start = await runCommandLine(['start', '--help'])
  const flags = [...start.stdout.matchAll(/^ {2}(--(?!no-)[\w-]+)/gm)]
  expect(flags.length).toBeGreaterThan(15)
  for (const [, flag = ''] of flags) expect(readme).toContain(`\`${flag}`)
})

it('the README names every fault', () => {
  for (const kind of [...DELIVERY_FAULTS, ...API_FAULTS])
    expect(readme).toMatch(new RegExp(`^\\| \`${kind}\` `, 'm'))
})

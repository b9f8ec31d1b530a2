// Every supported major of the `stripe` package, in an application that installs it beside
// the packed core: its types hold, its instance is accepted, what it signs is verified.
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { type Consumer, createConsumer } from './consumer.ts'

const majors = [18, 19, 20, 21, 22, 23]
let consumer: Consumer | undefined

afterEach(async () => {
  await consumer?.remove()
  consumer = undefined
})

it.each(Object.entries(inject('packed')))(
  '%s spells out the majors that are tried here, if it names any',
  async (_, { folder }) => {
    const { peerDependencies = {} } = JSON.parse(
      await readFile(`${folder}/package.json`, 'utf8'),
    )
    const range = majors.map((major) => `^${major}.0.0`).join(' || ')
    expect([undefined, range]).toContain(peerDependencies.stripe)
  },
)

describe.each(majors)('stripe %i', (major) => {
  it('is type-checked, and run', async () => {
    consumer = await createConsumer('stripe-major', {
      '@types/node': '@types/node',
      stripe: `stripe-${major}`,
    })
    const compiled = await consumer.tsc()
    expect(compiled.exitCode, compiled.output).toBe(0)
    const { exitCode, output } = await consumer.node('compiled/main.js')
    expect(exitCode, output).toBe(0)
    expect(JSON.parse(output)).toEqual({
      statuses: [200, 200, 200, 200],
      seen: [
        'past_due',
        'customer.subscription.updated',
        'in_1',
        'invoice.paid',
        'evt_3 of acct_1',
      ],
      versionWarnings: [],
      mismatch: 'configuration_invalid',
    })
  })
})

it('TypeScript 5 reads the declarations as well', async () => {
  consumer = await createConsumer('stripe-major', {
    '@types/node': '@types/node',
    stripe: 'stripe-23',
  })
  const { exitCode, output } = await consumer.tsc('typescript-5')
  expect(exitCode, output).toBe(0)
})

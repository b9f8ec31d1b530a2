import { expect, it } from 'vitest'
import { routes } from '../api/routes.ts'
import { emulator } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'
import { type Coverage, coverage } from './coverage.ts'
import { describeNothing } from './description.ts'
import { startRelay } from './validation.test-setup.ts'

async function coverageOf(url: string): Promise<Coverage> {
  return (await fetch(`${url}/_emulator/coverage`)).json() as Promise<Coverage>
}

it('accounts for every operation of the description', async () => {
  const { description, totals, operations } = await coverageOf(emulator.url)
  expect(description).toBe('2026-08-26.dahlia')
  expect(totals.operations).toBe(594 + totals.beyond_description)
  expect(totals.modelled + totals.partly + totals.passed_through).toBe(totals.operations)
  expect(operations).toHaveLength(totals.operations)
  expect(new Set(operations.map(({ operation }) => operation)).size).toBe(
    totals.operations,
  )
})

it('knows every modelled operation', async () => {
  const { operations, totals } = await coverageOf(emulator.url)
  const byName = new Map(operations.map((one) => [one.operation, one]))
  for (const { operation, missing = [] } of routes) {
    const expected = missing.length === 0 ? 'modelled' : 'partly'
    expect([operation, byName.get(operation)?.coverage]).toEqual([operation, expected])
  }
  // Whatever is modelled beyond the description has to be on the list of what is newer.
  const beyond = routes.filter(
    ({ operation }) => describeNothing().operations.get(operation)?.isNew,
  )
  expect(totals.beyond_description).toBe(beyond.length)
})

it('says what is missing and what is inferred', () => {
  const route = {
    operation: 'POST /v1/x',
    missing: ['sources'],
    unverified: ['an order'],
  }
  expect(coverage([route], describeNothing())).toEqual({
    description: null,
    totals: {
      operations: 1,
      modelled: 0,
      partly: 1,
      passed_through: 0,
      beyond_description: 0,
    },
    operations: [{ ...route, coverage: 'partly' }],
  })
})

it('says when the description is not at hand', async () => {
  const relay = await startRelay('master')
  const own = await startEmulator({ stripeMockUrl: relay.url })
  const answer = await (await fetch(`${own.url}/_emulator`)).json()
  expect(answer).toMatchObject({
    description: null,
    unchecked: expect.stringContaining('STRIPE_MOCK_BINARY'),
  })
  expect((await coverageOf(own.url)).description).toBeNull()
  await own.stop()
  relay.close()
})

import { expect, it } from 'vitest'
import { type Check, check } from '../catalogue/check.ts'
import type { Subject } from './check-context.ts'
import { runInOrder } from './run-in-order.ts'

it('does not run what is inapplicable, and runs what depends on it', async () => {
  const ran: string[] = []
  const make = (id: string, dependsOn: readonly string[]): Check =>
    check({
      id,
      requirement: 'WH-SIG-01',
      title: id,
      dependsOn,
      run: async () => {
        ran.push(id)
      },
    })
  const results = await runInOrder(
    [make('first', []), make('second', ['first'])],
    { exchanges: [] } as unknown as Subject,
    1,
    ({ id }) => ({
      level: 'MUST',
      isApplicable: id !== 'first',
      redact: (text) => text,
      reproduce: '',
    }),
  )
  expect(results.map(({ outcome }) => outcome)).toEqual(['inapplicable', 'passed'])
  expect(ran).toEqual(['second'])
})

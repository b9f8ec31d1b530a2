import type { TransactionKind } from '@countersign/core'
import { afterAll, describe, expect, it } from 'vitest'
import { storeContract } from './contract.ts'
import { isAskedOf } from './run-contract.ts'
import { withStorage } from './store-context.ts'
import type { StoreSubject } from './subject.ts'
import { subject as memory } from './subjects/memory.ts'
import { subject as postgres } from './subjects/postgres.ts'
import { subject as sqlite } from './subjects/sqlite.ts'

function holds<Tx extends TransactionKind>(subject: StoreSubject<Tx>): void {
  describe(`the ${subject.name} store`, () => {
    afterAll(() => subject.end?.())

    for (const statement of storeContract.filter((one) => isAskedOf(subject, one))) {
      it(`${statement.id}: ${statement.title}`, () => withStorage(subject, statement.run))
    }
  })
}

holds(memory)
holds(sqlite)
holds(postgres)

it('states each thing once', () => {
  const ids = storeContract.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

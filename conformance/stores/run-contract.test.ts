import { setTimeout as sleep } from 'node:timers/promises'
import { type MemoryTransaction, memoryStore, type Store } from '@countersign/core'
import { expect, it } from 'vitest'
import { storeContract } from './contract.ts'
import { runStoreContract } from './run-contract.ts'
import type { StoreSubject } from './subject.ts'
import { subject as memory } from './subjects/memory.ts'

function broken(
  change: (store: Store<MemoryTransaction>) => Partial<Store<MemoryTransaction>>,
): StoreSubject<MemoryTransaction> {
  return {
    ...memory,
    async open() {
      const store = memoryStore()
      return { store: { ...store, ...change(store) }, close: async () => {} }
    },
  }
}

const only = (wanted: string) => ({ isWanted: ({ id }: { id: string }) => id === wanted })

it('reports every statement, and leaves out what the subject says that it lacks', async () => {
  const results = await runStoreContract(memory)
  expect(results.map(({ id }) => id)).toEqual(storeContract.map(({ id }) => id))
  const outcomes = new Map(results.map(({ id, outcome }) => [id, outcome]))
  expect(outcomes.get('store.claim.new')).toBe('passed')
  expect(outcomes.get('store.atomic.all')).toBe('left-out')
})

it('asks a subject that does not say what it lacks, and says what is missing', async () => {
  const { without: _, ...honest } = memory
  const results = await runStoreContract(honest, only('store.atomic.all'))
  const message = 'this subject has no openReader, and does not say that it lacks it'
  expect(results).toEqual([{ id: 'store.atomic.all', outcome: 'failed', message }])
})

it('says what was expected and what came', async () => {
  const subject = broken(() => ({ claim: async () => ({ status: 'in_flight' }) }))
  const [result] = await runStoreContract(subject, only('store.claim.new'))
  expect(result).toEqual({
    id: 'store.claim.new',
    outcome: 'failed',
    message: 'expected a lease, got in_flight',
  })
})

it('gives up a store that does not answer', async () => {
  const subject = broken(() => ({
    claim: () => sleep(60_000, undefined as never, { ref: false }),
  }))
  const options = { ...only('store.claim.new'), timeoutMs: 20 }
  const [result] = await runStoreContract(subject, options)
  expect(result?.message).toBe('nothing happened within 20 ms')
})

it('takes a subject to its end when statements fail', async () => {
  let ended = 0
  const subject = {
    ...broken(() => ({ claim: () => Promise.reject(new Error('down')) })),
    end: async () => {
      ended += 1
    },
  }
  const [result] = await runStoreContract(subject, only('store.claim.new'))
  expect(result?.message).toBe('down')
  expect(ended).toBe(1)
})

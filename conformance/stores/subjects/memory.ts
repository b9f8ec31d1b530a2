import { type MemoryTransaction, memoryStore, type Store } from '@countersign/core'
import type { StoreSubject } from '../subject.ts'

const stores = new Map<string, Store<MemoryTransaction>>()
let count = 0

/** Nothing but a store: there is no database to look into, and no other process. */
export const subject: StoreSubject<MemoryTransaction> = {
  name: 'memory',
  transactions: 'sync',
  without: ['reader', 'durable', 'processes', 'connections'],
  async create() {
    count += 1
    const location = String(count)
    stores.set(location, memoryStore())
    return {
      location,
      async remove() {
        stores.delete(location)
      },
    }
  },
  async open(location) {
    const store = stores.get(location)
    if (store === undefined) throw new Error(`there is no storage ${location}`)
    return { store, close: async () => {} }
  },
  insertRow() {},
}

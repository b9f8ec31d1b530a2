import type { MirrorStore } from '../mirror-store.ts'
import { isSameScope, type MemoryState } from './memory-state.ts'

export function memoryMirror(state: MemoryState): MirrorStore {
  return {
    async takeTicket() {
      state.ticket += 1
      return state.ticket
    },

    async find(scope, kind, id) {
      return state.mirrored(scope, kind, id)
    },

    async findByCustomer(scope, kind, customer) {
      return [...state.mirror.values()]
        .filter(
          ({ scope: of, row: { data } }) =>
            isSameScope(of, scope) &&
            data.kind === kind &&
            (data.kind === 'customer' ? data.id : data.customer) === customer,
        )
        .map(({ row }) => row)
        .sort((one, other) => (one.data.id < other.data.id ? -1 : 1))
    },
  }
}

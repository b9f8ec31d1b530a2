import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/**
 * Looks up the addresses of names, of each only once at a time. The system looks up few at
 * once: many webhooks to a name that nobody answers for would keep all others waiting.
 *
 * @param find Default: as the system does it.
 */
export function sharedLookup(find: LookupFunction = lookup): LookupFunction {
  const waiting = new Map<string, Parameters<LookupFunction>[2][]>()
  return function lookUpOnce(hostname, options, callback) {
    const key = JSON.stringify([hostname, options])
    const others = waiting.get(key)
    if (others !== undefined) {
      others.push(callback)
      return
    }
    const callbacks = [callback]
    waiting.set(key, callbacks)
    find(hostname, options, (...found) => {
      waiting.delete(key)
      for (const answer of callbacks) answer(...found)
    })
  }
}

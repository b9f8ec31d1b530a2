import type { Delivery } from './delivery.ts'

/** What Stripe waits for: it finalizes no invoice of which an endpoint has not taken notice. */
const AWAITED: ReadonlySet<string> = new Set(['invoice.created'])

/** Remembers which events an endpoint has refused so far, of the types that others wait for. */
export class Unacknowledged {
  readonly #endpoints = new Map<string, Set<string>>()

  refused({ event, about, endpoint }: Delivery): void {
    if (!AWAITED.has(event.type) || !event.isPendingAt(endpoint.id)) return
    const key = keyOf(event.type, about[0])
    const endpoints = this.#endpoints.get(key)
    if (endpoints === undefined) this.#endpoints.set(key, new Set([endpoint.id]))
    else endpoints.add(endpoint.id)
  }

  /** It was answered with a 2xx, or the endpoint is no more. */
  settled({ event, about, endpoint }: Delivery): void {
    const key = keyOf(event.type, about[0])
    const endpoints = this.#endpoints.get(key)
    endpoints?.delete(endpoint.id)
    if (endpoints?.size === 0) this.#endpoints.delete(key)
  }

  has(objectId: string, type: string): boolean {
    return this.#endpoints.has(keyOf(type, objectId))
  }
}

function keyOf(type: string, objectId: string | undefined): string {
  return `${type} ${objectId}`
}

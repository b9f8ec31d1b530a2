import type { MirroredObject, MirrorWrite } from '@countersign/core'
import { NOW } from './store-context.ts'

/** What a fetch under a ticket writes to the mirror. */
export function fetched(ticket: number, data: MirroredObject): MirrorWrite {
  return { by: 'fetch', ticket, began: NOW, data }
}

export function customer(id: string, email: string | null = null): MirroredObject {
  return {
    kind: 'customer',
    id,
    deleted: false,
    email,
    name: null,
    defaultPaymentMethod: null,
    metadata: {},
    created: null,
  }
}

export function subscription(id: string, of: string): MirroredObject {
  return {
    kind: 'subscription',
    id,
    customer: of,
    status: 'active',
    items: [],
    currentPeriodStart: null,
    currentPeriodEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    trialEnd: null,
    pauseCollection: null,
    latestInvoice: null,
    defaultPaymentMethod: null,
    collectionMethod: null,
    metadata: {},
    created: null,
  }
}

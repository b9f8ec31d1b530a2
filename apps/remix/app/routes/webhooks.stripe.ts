import { webhook } from '@countersign/remix'
import { billing } from '../billing.server.ts'

// A resource route has no component: its action answers alone.
export const action = webhook(billing)

import { webhook } from '@countersign/next'
import { getBilling } from '../../billing.ts'

export const POST = webhook(getBilling)

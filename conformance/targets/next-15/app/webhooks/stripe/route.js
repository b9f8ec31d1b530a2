import { webhook } from '@countersign/next'
import { getBilling } from '../../../billing.js'

export const POST = webhook(getBilling)

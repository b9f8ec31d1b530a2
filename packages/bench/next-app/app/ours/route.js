import { webhook } from '@countersign/next'
import { createBenchBilling } from '../../../src/servers/bench-billing.ts'

export const POST = webhook(() => createBenchBilling())

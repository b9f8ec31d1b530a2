import { webhook } from '@countersign/next'
import type { NextRequest } from 'next/server.js'
import { billing } from './billing.js'

export const POST: (
  request: NextRequest,
  context: { params: Promise<object> },
) => Promise<Response> = webhook(() => billing)

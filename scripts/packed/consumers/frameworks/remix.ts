import { webhook } from '@countersign/remix'
import type { ActionFunction, ActionFunctionArgs } from '@remix-run/node'
import { billing } from './billing.js'

export const action: ActionFunction = webhook(billing)

const own = webhook(() => billing)
export async function anotherAction(args: ActionFunctionArgs): Promise<Response> {
  return own(args)
}

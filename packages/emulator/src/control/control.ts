import { parseParams } from '../api/params.ts'
import { createRouter } from '../api/route.ts'
import { checkoutCommands } from '../checkout/checkout-commands.ts'
import { triggerCommands } from '../events/trigger/trigger-commands.ts'
import { faultCommands } from '../faults/fault-commands.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import { deliveryCommands } from '../webhooks/delivery-commands.ts'
import { clockCommands } from './clock-commands.ts'
import type { Commands, Controlled } from './command.ts'
import { generalCommands } from './general-commands.ts'

/** Everything under `/_emulator`: what a test or a person asks of the emulator itself. */
const commands: Commands = {
  ...generalCommands,
  ...clockCommands,
  ...deliveryCommands,
  ...faultCommands,
  ...triggerCommands,
  ...checkoutCommands,
}

const match = createRouter(
  Object.entries(commands).map(([operation, run]) => ({ operation, run })),
)

export async function handleControl(
  { method, path, search, body }: ApiRequest,
  controlled: Controlled,
): Promise<Answer> {
  const matched = match(method, path.replace(/\/$/, ''))
  if (matched === undefined) {
    const message = `The emulator has no ${method} ${path}. It has: ${Object.keys(commands).join(', ')}.`
    return jsonAnswer(404, { error: { type: 'invalid_request_error', message } })
  }
  try {
    const params = parseParams(method === 'POST' ? body.toString() : search.slice(1))
    const { route, ids } = matched
    return jsonAnswer(200, await route.run(params, controlled, ids))
  } catch (error) {
    return errorAnswer(error)
  }
}

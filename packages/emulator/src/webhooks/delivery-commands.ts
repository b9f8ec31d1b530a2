import { integer, text } from '../api/params.ts'
import { noSuch } from '../api/stripe-error.ts'
import type { Commands } from '../control/command.ts'
import type { StripeEvent } from '../events/stripe-event.ts'
import type { Account } from '../state/account.ts'
import type { World } from '../state/world.ts'
import type { Delivery } from './delivery.ts'
import { withoutCredentials } from './delivery-attempt.ts'
import { rollSecret } from './endpoint-secrets.ts'

export const deliveryCommands: Commands = {
  'GET /_emulator/deliveries': (params, { deliveries }) =>
    listOf(deliveries.list(text(params, 'object') ?? undefined)),
  'POST /_emulator/deliveries/hold': (_, { deliveries }) => {
    deliveries.hold()
    return { holding: true }
  },
  'POST /_emulator/deliveries/unhold': (_, { deliveries }) => {
    deliveries.unhold()
    return { holding: false }
  },
  'POST /_emulator/deliveries/settle': async (_, { deliveries }) => {
    await deliveries.settled()
    return { settled: true }
  },
  'POST /_emulator/deliveries/release': async (params, { deliveries }) =>
    listOf(await deliveries.release(text(params, 'object') ?? undefined)),
  'POST /_emulator/deliveries/resend': async (params, { world, deliveries }) => {
    const { account, event } = eventOf(world, text(params, 'event') ?? '')
    return listOf(await deliveries.resend(event, account))
  },
  'POST /_emulator/webhook_endpoints/{id}/roll_secret': (
    params,
    { world },
    [id = ''],
  ) => {
    const account = world.accounts().find(({ endpointStates }) => endpointStates.has(id))
    const endpoint = (account ?? world.platform).webhookEndpoints.get(id)
    const secret = rollSecret(
      account ?? world.platform,
      endpoint,
      integer(params, 'expires_in') ?? 0,
    )
    return { ...endpoint, secret }
  },
}

/** An event of the platform or of a connected account. */
function eventOf(
  world: World,
  id: string,
): { readonly account: Account; readonly event: StripeEvent } {
  for (const account of world.accounts()) {
    account.forgetOldEvents()
    const event = account.events.find(id)
    if (event !== undefined) return { account, event }
  }
  throw noSuch('event', id, 'id', 404)
}

function listOf(deliveries: readonly Delivery[]): unknown {
  return {
    deliveries: deliveries.map(({ id, event, endpoint, attempts, state }) => ({
      id,
      event: event.id,
      type: event.type,
      endpoint: endpoint.id,
      url: withoutCredentials(endpoint.url),
      state,
      attempts,
    })),
  }
}

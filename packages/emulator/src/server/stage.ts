import { type LoggedRequest, RequestLog } from '../api/request-log.ts'
import { StripeApi } from '../api/stripe-api.ts'
import { ApiFaults } from '../faults/api-faults.ts'
import { DeliveryFaults } from '../faults/delivery-faults.ts'
import { Random } from '../state/ids.ts'
import { World, type WorldOptions } from '../state/world.ts'
import type { Validator } from '../validation/validator.ts'
import { addGivenEndpoint, type EndpointOptions } from '../webhooks/add-given-endpoint.ts'
import { Deliveries, type DeliverySettings } from '../webhooks/deliveries.ts'

export interface StageOptions {
  readonly world: Omit<WorldOptions, 'isRefusing' | 'onEvent'>
  readonly deliveries: Omit<DeliverySettings, 'faults'>
  /** Of how many requests and events something goes wrong: from 0 to 1. */
  readonly faultRate: number
  readonly validator: Validator
  /** Registered from the beginning. */
  readonly endpoints: readonly EndpointOptions[]
  /** Told of each request to the API when it is answered. */
  readonly onRequest: (request: LoggedRequest) => void
}

/** Everything that a reset makes anew. */
export interface Stage {
  readonly world: World
  readonly deliveries: Deliveries
  readonly faults: ApiFaults
  readonly log: RequestLog
  readonly api: StripeApi
  readonly close: () => void
}

export function createStage(options: StageOptions): Stage {
  const { validator } = options
  const world: World = new World({
    ...options.world,
    onEvent: (event, account, object) => deliveries.dispatch(event, account, object),
    isRefusing: (objectId, type) => deliveries.pendingFor(objectId, type),
  })
  // Chance of their own: with faults and without, the same seed gives the same ids.
  const { seed } = options.world
  const randomOf = (side: string) =>
    new Random(seed === undefined ? undefined : `${seed} ${side}`)
  const deliveryFaults = new DeliveryFaults(randomOf('delivery faults'))
  const deliveries = new Deliveries(world, {
    ...options.deliveries,
    faults: deliveryFaults,
  })
  const faults = new ApiFaults(randomOf('API faults'))
  for (const { rules } of [faults, deliveryFaults]) rules.setRate(options.faultRate)
  const log = new RequestLog(options.onRequest)
  const api = new StripeApi({ world, validator, faults, log })
  for (const endpoint of options.endpoints) addGivenEndpoint(world.platform, endpoint)
  const close = () => {
    deliveries.close()
    world.close()
  }
  return { world, deliveries, faults, log, api, close }
}

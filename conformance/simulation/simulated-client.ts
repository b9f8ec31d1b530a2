import type { StripeClient } from '@countersign/core'
import type { ModelObject } from './model-object.ts'
import type { Life } from './scheduler.ts'
import type { SimulatedStripe } from './simulated-stripe.ts'
import type { World } from './world.ts'

const FAULTS = ['fails', 'is lost', 'is late'] as const

/** The part of a `stripe` instance that fetches. What it brings is the object at one moment, and comes later. */
export function simulatedClient(
  world: World,
  stripe: SimulatedStripe,
  life: Life,
): StripeClient {
  const { scheduler, chooser, plan } = world

  function rawRequest(_: string, path: string): Promise<unknown> {
    const fault = world.happens(plan.fetchFaults) ? chooser.of(FAULTS) : undefined
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void) =>
        scheduler.after(
          // Some answers take far longer than others, and are overtaken.
          world.pace() * chooser.of([1, 1, 20]) +
            (fault === 'is late' ? chooser.below(20_000) : 0),
          `is answered ${path}${fault ? ` and it ${fault}` : ''}`,
          settle,
          life,
        )
      const arrive = () => {
        const object = stripe.objects.get(path.slice(path.lastIndexOf('/') + 1))
        if (fault === 'is lost') return
        if (fault === 'fails') {
          answer(() => reject(statusError(500)))
        } else if (object === undefined || isGone(object)) {
          answer(() => reject(statusError(404)))
        } else {
          answer(() => resolve(structuredClone(object)))
        }
      }
      scheduler.after(world.pace(), `asks for ${path}`, arrive, life)
    })
  }

  const client = { webhooks: {}, rawRequest }
  return client
}

/** Of a customer Stripe keeps a stub; a draft invoice it forgets. */
function isGone({ object, deleted }: ModelObject): boolean {
  return deleted === true && object === 'invoice'
}

function statusError(statusCode: number): Error {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode })
}

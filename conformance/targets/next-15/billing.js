import { createHarness, readProcessEnvironment } from '@countersign/conformance/target'
import { createBilling, memoryStore } from '@countersign/core'

// Next may load this module once for each route: what they share hangs on globalThis.
const shared = globalThis

/** Made on the first request: `next build` loads the routes without any secret. */
export function getHarness() {
  if (shared.conformanceHarness === undefined) {
    const target = JSON.parse(process.env.CONFORMANCE_TARGET)
    shared.conformanceStore = memoryStore()
    shared.conformanceHarness = createHarness(
      readProcessEnvironment(process.env),
      target,
      { mirror: shared.conformanceStore.mirror },
    )
  }
  return shared.conformanceHarness
}

export function getBilling() {
  if (shared.conformanceBilling === undefined) {
    const { bodyTimeoutMs, webhookSecrets, stripeSecretKey } = readProcessEnvironment(
      process.env,
    )
    const { handlers, logger } = getHarness()
    shared.conformanceBilling = createBilling({
      mode: 'test',
      webhookSecrets,
      stripe: { secretKey: stripeSecretKey },
      store: shared.conformanceStore,
      sync: 'event',
      on: handlers,
      logger,
      limits: { bodyTimeoutMs },
    })
  }
  return shared.conformanceBilling
}

import type { Logger } from '../runtime/logger.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { misconfigured } from './misconfigured.ts'
import type { BillingOptions } from './options.ts'

/** Refuses live mode where it is surely a mistake, and warns of test mode where it may be one. */
export function checkEnvironment<Tx extends TransactionKind>(
  { mode, allowLiveOutsideProduction }: BillingOptions<Tx>,
  logger: Logger,
): void {
  const environment = nodeEnvironment()
  const isOutside = environment === 'development' || environment === 'test'
  if (mode === 'live' && isOutside && allowLiveOutsideProduction !== true) {
    throw misconfigured(
      `mode is "live" and NODE_ENV is "${environment}". Use test keys there; if real money is what you want, set allowLiveOutsideProduction: true.`,
    )
  }
  if (mode === 'test' && environment === 'production') {
    logger.warn(
      'mode is "test" and NODE_ENV is "production": no real payment will be seen',
    )
  }
}

function nodeEnvironment(): string | undefined {
  const { process } = globalThis as { process?: { env?: { NODE_ENV?: string } } }
  try {
    return process?.env?.NODE_ENV
  } catch {
    // Deno, without the permission to read it.
    return undefined
  }
}

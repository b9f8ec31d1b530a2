import type { Settings } from '../billing/settings.ts'
import type { Doctor } from '../doctor/doctor.ts'
import { isBillingError } from '../errors/billing-error.ts'
import type { Clock, TimerHandle } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { BodyLimits, Inbound } from './inbound.ts'
import type { Outcome } from './reply.ts'

/** Reads the body within the limits of size and time. */
export async function readBody<Tx extends TransactionKind>(
  inbound: Inbound,
  settings: Pick<Settings<Tx>, 'clock' | 'limits'>,
): Promise<Uint8Array> {
  const limits = new LimitsOfOneBody(settings.clock, settings.limits)
  try {
    return await inbound.readBody(limits)
  } finally {
    limits.end()
  }
}

/** Its deadline begins when somebody asks for the signal: nearly every body is there already, and needs none. */
class LimitsOfOneBody implements BodyLimits {
  readonly limitBytes: number
  readonly #clock: Clock
  readonly #timeoutMs: number
  #signal: AbortSignal | undefined
  #timer: TimerHandle
  #hasEnded = false

  constructor(clock: Clock, { bodyBytes, bodyTimeoutMs }: Settings<never>['limits']) {
    this.limitBytes = bodyBytes
    this.#clock = clock
    this.#timeoutMs = bodyTimeoutMs
  }

  get signal(): AbortSignal {
    if (this.#hasEnded) return AbortSignal.abort()
    if (this.#signal === undefined) {
      const controller = new AbortController()
      this.#timer = this.#clock.setTimeout(() => controller.abort(), this.#timeoutMs)
      this.#signal = controller.signal
    }
    return this.#signal
  }

  end(): void {
    this.#hasEnded = true
    if (this.#signal !== undefined) this.#clock.clearTimeout(this.#timer)
  }
}

/** What to answer when the body could not be read: the sender's doing, or the application's. */
export function outcomeOfUnreadBody(
  error: unknown,
  doctor: Doctor,
  logger: Logger,
): Outcome {
  if (isBillingError(error)) {
    switch (error.code) {
      case 'body_aborted':
      case 'body_too_large':
      case 'body_too_late':
        doctor.report(error.code)
        return error.code
      case 'body_inexact':
        doctor.report(error.code, [error.message])
        return error.code
      case 'body_already_read':
        logger.error(error.message, { code: error.code })
        return error.code
    }
  }
  logger.error('the body of a webhook could not be read', { error })
  return 'internal_error'
}

import type { Settings } from '../billing/settings.ts'
import type { SignatureFailure } from '../signature/verify-signature.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Inbound } from '../webhooks/inbound.ts'
import { causes, type RejectionCause } from './causes.ts'
import { diagnose } from './diagnose.ts'
import type { Diagnosis, Rejection } from './rejection.ts'

/** Tells the logger and `onRejected`, never the sender, why webhooks are refused. */
export interface Doctor {
  /** For a signature that does not hold. What it costs is spent after the answer. */
  readonly examine: (
    reason: SignatureFailure,
    body: Uint8Array,
    inbound: Inbound,
    now: number,
  ) => void
  /** For a refusal whose cause is known. `hints` say more, for people. */
  readonly report: (cause: RejectionCause, hints?: readonly string[]) => void
}

/** Each cause is said once in this time, in milliseconds. */
const PERIOD_MS = 10_000
/** So often in a period is it worth a look why: what floods the route must not be worked for. */
const LOOKS_PER_PERIOD = 8

export function createDoctor<Tx extends TransactionKind>(
  settings: Pick<Settings<Tx>, 'clock' | 'keys' | 'logger' | 'mode' | 'onRejected'>,
): Doctor {
  const { clock, keys, logger, mode, onRejected } = settings
  const looks = createLimit(LOOKS_PER_PERIOD)
  const reports = createLimit(1)
  let refused = 0

  function say({
    cause,
    proven = false,
    hints = [],
    ageSeconds,
    bytes,
  }: Diagnosis): void {
    if (!reports.allows(cause, clock.now())) return
    const { what, cure } = causes[cause]
    const rejection = { cause, what, cure, proven, hints, bytes, ageSeconds, refused }
    refused = 0
    const { what: _, cure: __, ...fields } = rejection
    logger.warn(`a webhook was refused: ${sentenceOf(rejection)}`, fields)
    if (onRejected === undefined) return
    Promise.resolve(rejection)
      .then(onRejected)
      .catch((error: unknown) => logger.error('onRejected failed', { error }))
  }

  /** Has a look after the answer, and only at a few of what is alike. */
  function lookLater(key: string, now: number, look: () => Promise<Diagnosis>): void {
    refused += 1
    if (!looks.allows(key, now)) return
    clock.setTimeout(() => {
      look().then(say, (error: unknown) => {
        if (!reports.allows('not found', clock.now())) return
        logger.error('why a webhook was refused was not found', { error })
      })
    }, 0)
  }

  return {
    examine(reason, body, inbound, now) {
      lookLater(reason, now, async () => {
        const length = inbound.header('content-length')
        const declaredLength = length === undefined ? undefined : Number(length)
        const header = inbound.header('stripe-signature')
        const symptoms = { reason, header, declaredLength, body, keys, mode, now }
        return { ...(await diagnose(symptoms)), bytes: body.length }
      })
    },
    report(cause, hints = []) {
      lookLater(cause, clock.now(), async () => ({ cause, hints, proven: true }))
    },
  }
}

function sentenceOf({ what, cure, hints, ageSeconds }: Rejection): string {
  const age =
    ageSeconds === undefined
      ? ''
      : ` (${Math.abs(ageSeconds)} seconds ${ageSeconds < 0 ? 'ahead' : 'ago'})`
  const notes = hints.map((hint) => ` Note: ${hint.replace(/\.$/, '')}.`).join('')
  return `${what}${age}. ${cure}${notes}`
}

interface Limit {
  readonly allows: (key: string, now: number) => boolean
}

/** Allows so many of each key in a period, which begins with its first. */
function createLimit(count: number): Limit {
  const periods = new Map<string, { start: number; used: number }>()
  return {
    allows(key, now) {
      const period = periods.get(key)
      // A clock that was put back must not silence anything for as long.
      if (period === undefined || Math.abs(now - period.start) >= PERIOD_MS) {
        periods.set(key, { start: now, used: 1 })
        return true
      }
      period.used += 1
      return period.used <= count
    },
  }
}

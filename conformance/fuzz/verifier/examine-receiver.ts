import { type Clock, createBilling, memoryStore } from '@countersign/core'
import type { Verdict, VerifierCase } from '../reference-verifier.ts'

/**
 * Puts a case to `billing.webhooks.receive`, twice. It must answer, without a 5xx, and run a
 * handler only for what the reference accepts, and once.
 */
export async function examineReceiver(
  subject: VerifierCase,
  expected: Verdict,
): Promise<string | undefined> {
  if (!isConfigurable(subject)) return undefined
  const { header, body, secrets, now, toleranceSeconds } = subject
  let runs = 0
  const billing = createBilling({
    mode: 'test',
    webhookSecrets: secrets,
    store: memoryStore(),
    onEvent: () => {
      runs += 1
    },
    clock: clockAt(now),
    toleranceSeconds,
  })
  const isAccepted = expected.startsWith('accepted')
  for (const delivery of ['first', 'second']) {
    const { status, body: answer } = await billing.webhooks.receive({
      method: 'POST',
      header: (name) => (name === 'stripe-signature' ? header : undefined),
      readBody: async () => body,
    })
    const says = `the ${delivery} delivery was answered with ${status} ${answer}`
    if (status >= 500) return says
    const isRefused = answer.includes('signature_invalid')
    if (isRefused === isAccepted) return `the reference says "${expected}", but ${says}`
    if (status < 300 ? !isAccepted : status !== 400) return says
  }
  if (runs > 1) return `its handler ran ${runs} times`
  return runs === 1 && !isAccepted
    ? `the reference says "${expected}", but its handler ran`
    : undefined
}

/** `createBilling` refuses what the pure function takes: no tolerance, and secrets that Stripe never makes. */
function isConfigurable({ secrets, toleranceSeconds }: VerifierCase): boolean {
  return (
    toleranceSeconds > 0 && secrets.every((secret) => /^whsec_[\w+/=-]+$/.test(secret))
  )
}

/** A clock that stands still. What is to happen later does not. */
function clockAt(now: number): Clock {
  return { now: () => now, setTimeout: () => undefined, clearTimeout: () => {} }
}

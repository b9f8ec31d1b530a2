import { setTimeout as sleep } from 'node:timers/promises'
import { notToBeHad } from '../stripe-mock-error.ts'

/**
 * Waits until something at `url` answers as stripe-mock does: it names its version on
 * every answer, also on the 401 to a request without a key.
 *
 * @returns The version.
 */
export async function checkHealth(url: string, timeoutMs: number): Promise<string> {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw notToBeHad(`STRIPE_MOCK_URL is ${url}, which is no http:// or https:// URL.`)
  }
  const deadline = Date.now() + timeoutMs
  for (let attempt = 1; ; attempt++) {
    const problem = await ask(url)
    if ('version' in problem) return problem.version
    if (Date.now() >= deadline || problem.final) {
      throw notToBeHad(`stripe-mock does not answer at ${url}: ${problem.reason}.`)
    }
    await sleep(Math.min(attempt * 10, 200))
  }
}

type Answer =
  | { readonly version: string }
  | { readonly reason: string; readonly final: boolean }

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    const version = response.headers.get('stripe-mock-version')
    if (version !== null) return { version }
    return { reason: 'what answers there is not stripe-mock', final: true }
  } catch (error) {
    return { reason: reasonOf(error), final: false }
  }
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error ? cause.message : String(error)
}

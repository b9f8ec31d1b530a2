import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { notToBeHad } from '../stripe-mock-error.ts'

/**
 * Waits until something at `url` answers as stripe-mock does: it names its version on
 * every answer, also on the 401 to a request without a key.
 *
 * @returns The version.
 */
export async function checkHealth(url: string, timeoutMs: number): Promise<string> {
  if (!URL.canParse(url) || !/^(?:https?|unix):/.test(url)) {
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
    const version = await versionAt(url, AbortSignal.timeout(2_000))
    if (version !== undefined) return { version }
    return { reason: 'what answers there is not stripe-mock', final: true }
  } catch (error) {
    return { reason: reasonOf(error), final: false }
  }
}

async function versionAt(url: string, signal: AbortSignal): Promise<string | undefined> {
  if (!url.startsWith('unix:')) {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    return response.headers.get('stripe-mock-version') ?? undefined
  }
  const asking = request({ socketPath: url.slice('unix:'.length), signal }).end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.resume()
  return response.headers['stripe-mock-version']?.toString()
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error ? cause.message : String(error)
}

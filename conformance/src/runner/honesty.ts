import { randomBytes } from 'node:crypto'
import type { RunningTarget } from './start-target.ts'

/**
 * Asks what no honest target has: a random path under the prefix, an answer without the
 * token, an effect of an event that was never sent. A target that says yes to everything
 * would pass whatever it is asked.
 *
 * @returns What is wrong, or `undefined`.
 */
export async function findDishonesty(
  { probe, manifest }: RunningTarget,
  variant: string,
): Promise<string | undefined> {
  if (!manifest.variants.includes(variant)) {
    return `its manifest does not name the variant ${variant} that it was started in`
  }
  const unknown = await probe.statusOf(randomBytes(8).toString('hex'))
  if (unknown !== 501) {
    return `an endpoint that protocol 1 does not have answered ${unknown}, expected 501`
  }
  const unauthorized = await probe.statusOf('manifest', 'wrong')
  if (unauthorized !== 401) {
    return `the manifest answered ${unauthorized} to a wrong token, expected 401`
  }
  const { attempts, effects } = await probe.effects(
    `never-${randomBytes(8).toString('hex')}`,
  )
  if (attempts.length + effects.length > 0) {
    return 'it reports effects of an event that was never sent'
  }
  return undefined
}

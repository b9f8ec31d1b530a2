import { findStripeMock } from '@countersign/stripe-mock'

/** Finds stripe-mock, or builds it, before any test starts one: no test has to wait for a compiler. */
export async function setup(): Promise<void> {
  await findStripeMock({ onProgress: (line) => console.error(line) })
}

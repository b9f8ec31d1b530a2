import type { OptionalFeature } from '../../src/catalogue/optional-feature.ts'

/** The variants whose store survives a restart, and what they have by it. */
export const storeVariants: Readonly<Record<string, readonly OptionalFeature[]>> = {
  sqlite: ['clock', 'durable-store'],
  postgres: ['clock', 'durable-store'],
  durable: ['clock', 'durable-store', 'durable-processing'],
}

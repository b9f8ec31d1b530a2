// Groups of checks that a defect fails together.

/** Headers made from a valid one. */
const headerRefusals: readonly string[] = [
  'altered-timestamp',
  'empty-header',
  'empty-v1',
  'malformed-header',
  'missing-header',
  'oversized-header',
  'non-ascii-v1',
  'prefix-match',
  'repeated-timestamp',
  'second-header',
  'stale',
  'timestamp-junk',
  'too-many-v1',
  'upper-case-digits',
  'v0-only',
  'white-space',
  'wrong-secret',
].map((name) => `webhook.signature.rejects-${name}`)

/** Everything that only a judged signature refuses. */
export const signatureRefusals: readonly string[] = [
  ...headerRefusals,
  'webhook.signature.rejects-tampered-body',
  'webhook.signature.rejects-trailing-header',
  'webhook.http.keep-alive-after-rejection',
  'webhook.http.status-classes',
]

/** Everything that is refused because its signature does not hold, also where parsing would fail later. */
export const unsignedRefusals: readonly string[] = [
  ...signatureRefusals,
  'webhook.signature.rejects-byte-order-mark',
  'webhook.signature.rejects-replaced-byte',
  'webhook.http.deeply-nested-body',
  'webhook.http.mount-prefix',
]

/** The scenarios of the four test cards that do not depend on another one. */
export const cardScenarios: readonly string[] = [
  'cards.succeeds',
  'cards.declined',
  'cards.insufficient-funds',
  'cards.three-d-secure-passed',
  'cards.three-d-secure-failed',
  'cards.three-d-secure-abandoned',
]

// Groups of checks that a defect fails together.
import { cardChecksWith } from '../checks/card-table.ts'

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

/** Cards that are paid with at once. */
export const paidCards: readonly string[] = [
  'cards.succeeds',
  ...cardChecksWith('succeeds', 'has_a_sequel'),
]

/** Cards that are paid with after 3D Secure, each in one check for its success and its failure. */
export const authenticatedCards: readonly string[] = cardChecksWith('authenticates')

/** Cards that are declined although their holder has authenticated the payment. */
export const authenticatedInVain: readonly string[] = cardChecksWith(
  'is_declined_after_authentication',
)

/** Cards whose decline is the answer to the payment. */
export const declinedCards: readonly string[] = [
  'cards.declined',
  'cards.insufficient-funds',
  ...cardChecksWith('is_declined'),
]

/** Payments that wait for their buyer. */
export const cardsThatAsk: readonly string[] = [
  'cards.three-d-secure-passed',
  'cards.three-d-secure-failed',
  'cards.three-d-secure-abandoned',
  ...authenticatedCards,
  ...authenticatedInVain,
]

/** The scenarios of all test cards that do not depend on another one. */
export const cardScenarios: readonly string[] = [
  ...paidCards,
  ...declinedCards,
  ...cardsThatAsk,
]

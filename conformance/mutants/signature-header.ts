import { cardScenarios } from './check-groups.ts'
import { edit, type Mutant } from './mutant.ts'

const HEADER = 'packages/core/src/signature/parse-signature-header.ts'
const HMAC = 'packages/core/src/runtime/hmac-node.ts'

export const signatureHeaderMutants: readonly Mutant[] = [
  {
    id: 'empty-v1-throws',
    defect: 'A v1 of another length reaches the comparison, which throws',
    base: 'express-5',
    apply: [
      edit(HEADER, '/^[0-9a-f]{64}$/', '/^[0-9a-f]*$/'),
      edit(HMAC, 'given.length === expected.length &&', ''),
      edit(HMAC, "right.write(given, 'hex') === DIGEST_BYTES &&", ''),
      edit(HMAC, '(left, right)', "(left, Buffer.from(given, 'hex'))"),
    ],
    kills: {
      'expected a 4xx, got 500': [
        'webhook.signature.rejects-empty-v1',
        'webhook.signature.rejects-prefix-match',
      ],
    },
  },
  {
    id: 'malformed-v1-skipped',
    defect: 'A malformed v1 is passed over when a good one stands beside it',
    base: 'express-5',
    apply: [
      edit(
        HEADER,
        '|| !SHA256_HEX.test(value))\n        return undefined\n      signatures.push(value)',
        ') return undefined\n      if (SHA256_HEX.test(value)) signatures.push(value)',
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-empty-v1'] },
  },
  {
    id: 'digits-compared-as-text',
    defect:
      'The digits are compared as text of the same number of characters, whose bytes may differ in length',
    base: 'express-5',
    apply: [
      edit(HEADER, '/^[0-9a-f]{64}$/', '/^.{64}$/'),
      edit(HEADER, '/[^\\x21-\\x7e]/', '/\\s/'),
      edit(
        HMAC,
        "    given.length === expected.length &&\n    left.write(expected, 'hex') === DIGEST_BYTES &&\n    right.write(given, 'hex') === DIGEST_BYTES &&\n    timingSafeEqual(left, right)",
        '    timingSafeEqual(Buffer.from(expected), Buffer.from(given))',
      ),
    ],
    kills: { 'expected a 4xx, got 500': ['webhook.signature.rejects-non-ascii-v1'] },
  },
  {
    id: 'any-scheme',
    defect: 'Every scheme that begins with v counts as a v1',
    base: 'express-5',
    apply: [
      edit(HEADER, "scheme === 'v1'", "scheme.startsWith('v') && value.length === 64"),
    ],
    kills: {
      'expected a 4xx, got 200': [
        'webhook.signature.rejects-empty-v1',
        'webhook.signature.rejects-v0-only',
      ],
    },
  },
  {
    id: 'unknown-scheme-refused',
    defect: 'A scheme other than t and v1 makes the header malformed',
    base: 'express-5',
    apply: [
      edit(
        HEADER,
        '      signatures.push(value)\n    }',
        '      signatures.push(value)\n    } else return undefined',
      ),
    ],
    kills: {
      'expected a 2xx, got 400': ['webhook.signature.ignores-unknown-schemes'],
      'expected a 2xx for payment_intent.created, got 400': cardScenarios,
    },
  },
  {
    id: 'timestamp-parsed-loosely',
    defect: 'A timestamp is whatever parseInt makes of it',
    base: 'express-5',
    apply: [edit(HEADER, '/^[1-9][0-9]{0,12}$/', '/./')],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-timestamp-junk'] },
  },
  {
    id: 'last-timestamp-wins',
    defect: 'Of two timestamps the last one counts',
    base: 'express-5',
    apply: [edit(HEADER, 'timestamp !== undefined || ', '')],
    kills: {
      'expected a 4xx, got 200': ['webhook.signature.rejects-repeated-timestamp'],
    },
  },
  {
    id: 'signatures-unbounded',
    defect: 'Any number of v1 is compared',
    base: 'express-5',
    apply: [
      edit(HEADER, 'MAX_HEADER_LENGTH = 4096', 'MAX_HEADER_LENGTH = 65536'),
      edit(HEADER, 'MAX_SIGNATURES = 16', 'MAX_SIGNATURES = 1000'),
    ],
    kills: {
      'expected a 4xx, got 200': [
        'webhook.signature.rejects-oversized-header',
        'webhook.signature.rejects-too-many-v1',
      ],
    },
  },
  {
    id: 'any-case-of-digits',
    defect: 'Digits count in upper case too',
    base: 'express-5',
    apply: [edit(HEADER, '/^[0-9a-f]{64}$/', '/^[0-9a-f]{64}$/i')],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-upper-case-digits'] },
  },
]

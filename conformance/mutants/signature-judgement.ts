import { signatureRefusals } from './check-groups.ts'
import { edit, type Mutant } from './mutant.ts'

const VERIFY = 'packages/core/src/signature/verify-signature.ts'
const HMAC = 'packages/core/src/runtime/hmac-node.ts'
const RECEIVE = 'packages/core/src/webhooks/receive.ts'
const OPTIONS = 'packages/core/src/billing/to-settings.ts'

export const signatureJudgementMutants: readonly Mutant[] = [
  {
    id: 'secret-base64-decoded',
    defect: 'The secret is base64-decoded, as other senders of webhooks have it',
    base: 'express-5',
    apply: [
      edit(
        HMAC,
        "createSecretKey(secret, 'utf8')",
        "createSecretKey(secret.replace('whsec_', ''), 'base64')",
      ),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.accepts-valid'] },
  },
  {
    id: 'signature-not-judged',
    defect: 'The result of the verification is ignored',
    base: 'express-5',
    apply: [
      edit(
        RECEIVE,
        'if (!signature.valid) {',
        'if (!signature.valid && settings.mode === "live") {',
      ),
    ],
    kills: { 'expected a 4xx, got 200': signatureRefusals },
  },
  {
    id: 'signature-optional',
    defect: 'A request without a signature passes, as was handy in development',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'if (input.header === undefined) return refused.header_missing',
        'if (!input.header) return { valid: true, keyIndex: 0 }',
      ),
    ],
    kills: {
      'expected a 4xx, got 200': [
        'webhook.signature.rejects-missing-header',
        'webhook.signature.rejects-trailing-header',
        'webhook.signature.rejects-empty-header',
        'webhook.http.status-classes',
      ],
    },
  },
  {
    id: 'missing-header-crashes',
    defect: 'A missing header is read as if it were there',
    base: 'express-5',
    apply: [
      edit(VERIFY, 'if (input.header === undefined) return refused.header_missing', ''),
    ],
    kills: {
      'expected a 4xx, got 500': [
        'webhook.signature.rejects-missing-header',
        'webhook.signature.rejects-trailing-header',
        'webhook.http.status-classes',
      ],
    },
  },
  {
    id: 'malformed-header-throws',
    defect: 'A malformed header raises an exception that nobody catches',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'if (header === undefined) return refused.header_malformed',
        'if (header === undefined) throw new Error("malformed header")',
      ),
    ],
    kills: {
      'expected a 4xx, got 500': [
        'webhook.signature.rejects-empty-header',
        'webhook.signature.rejects-malformed-header',
        'webhook.signature.rejects-empty-v1',
        'webhook.signature.rejects-non-ascii-v1',
        'webhook.signature.rejects-oversized-header',
        'webhook.signature.rejects-prefix-match',
        'webhook.signature.rejects-v0-only',
        'webhook.signature.rejects-repeated-timestamp',
        'webhook.signature.rejects-timestamp-junk',
        'webhook.signature.rejects-too-many-v1',
        'webhook.signature.rejects-white-space',
        'webhook.signature.rejects-upper-case-digits',
        'webhook.signature.rejects-second-header',
      ],
    },
  },
  {
    id: 'first-half-compared',
    defect: 'Only the first half of the digest is compared',
    base: 'express-5',
    apply: [
      edit(
        HMAC,
        'timingSafeEqual(left, right)',
        'timingSafeEqual(left.subarray(0, 16), right.subarray(0, 16))',
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-prefix-match'] },
  },
  {
    id: 'first-v1-only',
    defect: 'Only the first v1 is tried',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'signatures.some((signature)',
        'signatures.slice(0, 1).some((signature)',
      ),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.any-matching-v1-last'] },
  },
  {
    id: 'last-v1-only',
    defect: 'Only the last v1 is tried',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'signatures.some((signature)',
        'signatures.slice(-1).some((signature)',
      ),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.any-matching-v1-first'] },
  },
  {
    id: 'first-secret-only',
    defect: 'Only the first secret is tried',
    base: 'express-5',
    apply: [edit(VERIFY, 'keyIndex < keys.length', 'keyIndex < 1')],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.rotated-secret'] },
  },
  {
    id: 'empty-secret-too',
    defect: 'An unset variable adds an empty secret to the list',
    base: 'express-5',
    apply: [
      edit(
        OPTIONS,
        'checkWebhookSecrets(options.webhookSecrets, mode)',
        "new Map([...checkWebhookSecrets(options.webhookSecrets, mode), ['', [{ livemode: undefined, account: undefined, endpoint: undefined }]]])",
      ),
      edit(VERIFY, "typeof secret !== 'string' || secret.trim() === ''", 'false'),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-wrong-secret'] },
  },
  {
    id: 'any-age',
    defect: 'The age of a signature is not judged',
    base: 'express-5',
    apply: [
      edit(VERIFY, 'Math.abs(age) <= toleranceSeconds', '-age <= toleranceSeconds'),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-stale'] },
  },
  {
    id: 'three-minutes-only',
    defect: 'The tolerance is three minutes in place of five',
    base: 'express-5',
    apply: [
      edit(OPTIONS, 'options.toleranceSeconds ?? 300', 'options.toleranceSeconds ?? 180'),
    ],
    kills: { 'expected a 2xx, got 400': ['webhook.signature.accepts-within-tolerance'] },
  },
  {
    id: 'timestamp-guessed',
    defect: 'The timestamp may be a few seconds off what was signed',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'if (digest !== undefined && isAmong(header.signatures, digest)) {',
        'if (Array.from({ length: 20 }, (_, seconds) => keys[keyIndex]?.hmac(`${Number(header.timestamp) + seconds}.`, body)).some((guess) => isAmong(header.signatures, String(guess)))) {',
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-altered-timestamp'] },
  },
  {
    id: 'white-space-removed',
    defect: 'White space is taken out of the header first',
    base: 'express-5',
    apply: [
      edit(
        VERIFY,
        'parseSignatureHeader(input.header)',
        "parseSignatureHeader(input.header.replace(/\\s/g, ''))",
      ),
    ],
    kills: { 'expected a 4xx, got 200': ['webhook.signature.rejects-white-space'] },
  },
  {
    id: 'header-name-by-case',
    defect: 'The header is looked up in the case in which Stripe writes it',
    base: 'express-5',
    apply: [
      edit(
        'packages/node/src/to-inbound.ts',
        'header: (name) => headerOf(request, name)',
        "header: (name) => name === 'stripe-signature' ? request.rawHeaders[request.rawHeaders.indexOf('Stripe-Signature') + 1 || request.rawHeaders.length] : headerOf(request, name)",
      ),
    ],
    kills: {
      'expected a 2xx, got 400': ['webhook.signature.header-case-insensitive'],
      'expected a 4xx, got 200': ['webhook.signature.rejects-second-header'],
    },
  },
]

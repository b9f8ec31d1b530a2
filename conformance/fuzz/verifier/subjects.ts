import { createSignatureKey, verifySignature } from '@countersign/core'
import { createComparison, type Examine } from './examine.ts'
import { examineReceiver } from './examine-receiver.ts'
import { webVerifier } from './web-verify-signature.ts'

const withHmac = createComparison('verifySignature, hashing with createHmac,', {
  createKey: createSignatureKey,
  verify: verifySignature,
})
const withOneShot = createComparison('verifySignature, hashing in one shot,', {
  createKey: (secret) => createSignatureKey(secret, { hashing: 'one-shot' }),
  verify: verifySignature,
})

/** What can be put to the reference, by the name that `--subject` takes. */
export const subjects = {
  node: async (subject, expected) =>
    (await withHmac(subject, expected)) ?? (await withOneShot(subject, expected)),
  web: createComparison('verifySignature, hashing with Web Crypto,', {
    createKey: webVerifier.createSignatureKey,
    verify: webVerifier.verifySignature,
  }),
  receive: examineReceiver,
} satisfies Record<string, Examine>

export type SubjectName = keyof typeof subjects

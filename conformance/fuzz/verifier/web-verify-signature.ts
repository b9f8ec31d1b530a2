// Core on Web Crypto, as it runs where there is no Node: the same source, but `#hmac` leads
// to the other of its two implementations.
import { registerHooks } from 'node:module'
import type * as core from '@countersign/core'

const MARK = '?hmac=web'

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isAsked = specifier === '#hmac' && context.parentURL?.endsWith(MARK) === true
    return nextResolve(isAsked ? '../runtime/hmac-web.ts' : specifier, context)
  },
})

const source = new URL(
  `../../../packages/core/src/signature/verify-signature.ts${MARK}`,
  import.meta.url,
)

/** `createSignatureKey` and `verifySignature` of core, hashing with Web Crypto. */
export const webVerifier: Pick<typeof core, 'createSignatureKey' | 'verifySignature'> =
  await import(source.href)

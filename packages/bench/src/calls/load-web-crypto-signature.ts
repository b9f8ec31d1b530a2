import { registerHooks } from 'node:module'

type SignatureModule = typeof import('../../../core/src/signature/verify-signature.ts')

const core = new URL('../../../core/src/', import.meta.url)
const entry = new URL('signature/verify-signature.ts?web-crypto', core).href

/**
 * Loads the core's verification a second time, as runtimes without `node:crypto` get it:
 * there the package's `#hmac` is hmac-web.ts.
 */
export async function loadWebCryptoSignature(): Promise<SignatureModule> {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === '#hmac' && context.parentURL === entry
        ? nextResolve(new URL('runtime/hmac-web.ts', core).href, context)
        : nextResolve(specifier, context),
  })
  try {
    // The query makes it another module, of which the compiler knows nothing.
    return (await import(entry)) as SignatureModule
  } finally {
    hooks.deregister()
  }
}

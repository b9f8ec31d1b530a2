import { createSignatureKey, verifySignature } from '@countersign/core'

let importedKeys = 0
const { importKey } = crypto.subtle
crypto.subtle.importKey = (...given) => {
  importedKeys += 1
  return importKey.apply(crypto.subtle, given)
}

/**
 * Has `verifySignature` judge the suite's vectors, with one key for each secret.
 *
 * @returns The verdict on each, whether any of them was a promise, and how many keys Web
 *   Crypto has imported for this process so far, those of its billing among them.
 */
export async function judgeVectors(request) {
  const { vectors } = await request.json()
  const secrets = new Set(vectors.flatMap((vector) => vector.secrets))
  const keys = new Map(
    Array.from(secrets, (secret) => [secret, createSignatureKey(secret)]),
  )
  const results = vectors.map((vector) =>
    verifySignature({
      body: Uint8Array.from(atob(vector.payload), (byte) => byte.charCodeAt(0)),
      header: vector.header,
      keys: vector.secrets.map((secret) => keys.get(secret)),
      now: vector.now * 1000,
      toleranceSeconds: 300,
    }),
  )
  const verdicts = {}
  for (const [index, { id }] of vectors.entries()) {
    const { valid } = await results[index]
    verdicts[id] = valid ? 'accept' : 'reject'
  }
  const isAsynchronous = results.some((result) => result instanceof Promise)
  return { verdicts, isAsynchronous, importedKeys }
}

import { Buffer } from 'node:buffer'

/** Makes a function that takes every secret out of a text. It is applied before any reporter sees data. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length)
  return (text) => {
    let redacted = text
    for (const secret of known) redacted = redacted.replaceAll(secret, '[redacted]')
    return redacted
      .replaceAll(/\b(whsec|(?:sk|rk)_(?:test|live))_\w+/g, '$1_[redacted]')
      .replaceAll(/\b(v[01])=[0-9a-f]{64}\b/g, '$1=[redacted]')
  }
}

/** A secret as it is, and as it is written where plain text cannot stand. */
export function formsOf(secret: string): readonly string[] {
  if (secret === '') return []
  const bytes = Buffer.from(secret)
  const forms = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
  return [...new Set(forms)]
}

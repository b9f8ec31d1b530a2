import { fileURLToPath } from 'node:url'

/** The binary in the npm package for this platform, which exists for released versions of Countersign. */
export async function packagedBinary(): Promise<string | undefined> {
  const name = `@countersign/stripe-mock-${process.platform}-${process.arch}`
  const file = process.platform === 'win32' ? 'stripe-mock.exe' : 'stripe-mock'
  try {
    return fileURLToPath(import.meta.resolve(`${name}/${file}`))
  } catch {
    return undefined
  }
}

import { readFile } from 'node:fs/promises'

/** A block of code that a README gives a file name: "```ts server.ts". */
export interface CodeBlock {
  readonly fileName: string
  readonly code: string
}

const blocks = /^```ts (\S+)\n([\s\S]*?)^```$/gm

/** Gives the TypeScript of a README. Throws for a block without a file name, as nothing would check it. */
export async function readCodeBlocks(readme: URL): Promise<readonly CodeBlock[]> {
  const text = await readFile(readme, 'utf8')
  const unnamed = /^```ts\n(.*)/m.exec(text)
  if (unnamed !== null) {
    throw new Error(`${readme.pathname}: name the file of the block "${unnamed[1]}"`)
  }
  return [...text.matchAll(blocks)].map(([, fileName = '', code = '']) => ({
    fileName,
    code,
  }))
}

// One file for all that a process imports: it starts in half the time.
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
// biome-ignore lint/correctness/noUndeclaredDependencies: that of the repository, which its tests run on
import { build } from 'vite'
import { applyEdit, type Edit } from '../mutants/mutant.ts'
import type { StoreName } from './child/messages.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface BuiltChild {
  readonly file: string
  /** To be removed. */
  readonly folder: string
}

/** @param edits What is planted into the sources. */
export async function buildChild(
  store: StoreName,
  edits: readonly Edit[] = [],
): Promise<BuiltChild> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-crash-'))
  const unused = new Set(edits)
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: fileURLToPath(new URL(`child/run-${store}.ts`, import.meta.url)),
      outDir: folder,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        external: ['pg-native'],
        output: { entryFileNames: 'child.mjs' },
      },
    },
    plugins: [
      {
        name: 'planted-faults',
        enforce: 'pre',
        async load(id) {
          const own = edits.filter(({ file }) => join(root, file) === id)
          if (own.length === 0) return null
          for (const edit of own) unused.delete(edit)
          return own.reduce(applyEdit, await readFile(id, 'utf8'))
        },
      },
    ],
  })
  const [edit] = unused
  if (edit !== undefined) throw new Error(`${edit.file} is no part of the process.`)
  return { file: join(folder, 'child.mjs'), folder }
}

// Lets one process hold many copies of the workspace's modules, each with edits of its
// own: `?mutant=<n>` on the first import goes on to everything of the workspace that it
// imports. What lies in node_modules is shared.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { applyEdit, type Edit } from '../mutant.ts'

const root = new URL('../../../', import.meta.url)
const editsOf = new Map<string, readonly Edit[]>()

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const mutant = mutantOf(context.parentURL)
    const isShared =
      !resolved.url.startsWith(root.href) || resolved.url.includes('/node_modules/')
    if (mutant === null || isShared || mutantOf(resolved.url) !== null) return resolved
    return { ...resolved, url: `${resolved.url}?mutant=${mutant}` }
  },
  load(url, context, nextLoad) {
    const mutant = mutantOf(url)
    const { href } = new URL(url.replace(/\?.*$/, ''))
    const edits = (editsOf.get(mutant ?? '') ?? []).filter(
      ({ file }) => new URL(file, root).href === href,
    )
    if (mutant === null) return nextLoad(url, context)
    const source = edits.length === 0 ? plainSource(href) : editedSource(href, edits)
    return { format: 'module', source, shortCircuit: true }
  },
})

const plainSources = new Map<string, string>()

/** Most files are the same in every mutant: their types are taken out only once. */
function plainSource(href: string): string {
  const source = plainSources.get(href) ?? editedSource(href, [])
  plainSources.set(href, source)
  return source
}

function editedSource(href: string, edits: readonly Edit[]): string {
  return stripTypeScriptTypes(
    edits.reduce(applyEdit, readFileSync(fileURLToPath(href), 'utf8')),
  )
}

/** Imports a copy of a module of the workspace, and of all that it imports, with these edits. */
export function importEdited(
  file: string,
  id: string,
  edits: readonly Edit[],
): Promise<unknown> {
  registerEdits(id, edits)
  return import(`${new URL(file, root).href}?mutant=${id}`)
}

/** For modules that are imported with `?mutant=<id>` by somebody else. */
export function registerEdits(id: string, edits: readonly Edit[]): void {
  editsOf.set(id, edits)
}

function mutantOf(url: string | undefined): string | null {
  return url?.startsWith('file:') ? new URL(url).searchParams.get('mutant') : null
}

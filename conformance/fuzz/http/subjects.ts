import type { Target } from '../../src/target.ts'
import type { Subject } from './start-host.ts'

/** Koa's own `path` throws for some targets that are whole URLs. */
const KOA_PATH = /^\S* ?\w+:\/\//
/** Next cannot make a Fetch request of this method, nor route targets such as `*` and `/%`. */
const NEXT_REQUEST = /^TRACE |^\S* (?!\/webhooks\/stripe[ ?])/

/** Every target that can be fuzzed, by the name that `--target` takes. */
export const subjects: readonly Subject[] = [
  subject('express-4'),
  subject('express-5'),
  { ...subject('koa-2'), ownErrors: KOA_PATH },
  { ...subject('koa-3'), ownErrors: KOA_PATH },
  subject('remix-2'),
  // Its target starts its server in a process of its own.
  { ...subject('next-15'), isInHost: false, ownErrors: NEXT_REQUEST },
  { ...subject('next-16'), isInHost: false, ownErrors: NEXT_REQUEST },
]

function subject(name: string): Subject {
  const module = new URL(`../../targets/${name}/target.ts`, import.meta.url).href
  return {
    name,
    module,
    variant: 'default',
    isInHost: true,
    async prepare(onProgress) {
      const { default: target } = (await import(module)) as { default: Target }
      await target.prepare?.(onProgress)
    },
  }
}

import type { Steps } from './steps.ts'

/** The same object with steps before and after each of its methods, and of those of its parts. */
export function watchMethods<T extends object>(target: T, name: string, steps: Steps): T {
  const entries = Object.entries(target).map(([key, value]: [string, unknown]) => {
    const step = `${name}.${key}`
    if (typeof value === 'function') {
      const method = (...values: unknown[]) =>
        steps.around(step, () => Reflect.apply(value, target, values))
      return [key, method]
    }
    const isPart = typeof value === 'object' && value !== null
    return [key, isPart ? watchMethods(value, step, steps) : value]
  })
  return Object.fromEntries(entries) as T
}

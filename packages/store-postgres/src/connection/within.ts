/** Gives up waiting after `ms`, with the error that `onLate` gives; what it waited for goes on. */
export function within<T>(
  ms: number,
  promise: Promise<T>,
  onLate: () => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onLate()), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export function tooSlow(what: string, ms: number): Error {
  return new Error(`PostgreSQL: ${what} took longer than ${ms} ms.`)
}

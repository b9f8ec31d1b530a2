/** `2026-01-01 00:00:05`, in UTC. @param seconds Since 1970-01-01 UTC */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

/** A URL without what may be secret in it: a user, a password, a query. */
export function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

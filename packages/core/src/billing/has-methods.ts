/** For options that come from plain JavaScript, where no type has looked at them. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  const methods = value as Readonly<Record<string, unknown>> | null | undefined
  return names.every((name) => typeof methods?.[name] === 'function')
}

/** Facts that go with a log line: ids, counts and errors, never a secret or a payload. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Where Countersign reports. `console` and winston fit as they are. A logger that takes the
 * fields first, as pino does, needs each method turned:
 * `warn: (message, fields) => pino.warn(fields, message)`.
 */
export interface Logger {
  readonly debug: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
}

function discard(): void {}

/** The default: says nothing. */
export const silentLogger: Logger = {
  debug: discard,
  info: discard,
  warn: discard,
  error: discard,
}

/** The same logger, but one that cannot throw: a line that is lost must not take an event along. */
export function withoutThrowing(logger: Logger): Logger {
  const guarded =
    (level: keyof Logger): Logger['debug'] =>
    (message, fields) => {
      try {
        logger[level](message, fields)
      } catch {
        // There is nowhere left to say so.
      }
    }
  return {
    debug: guarded('debug'),
    info: guarded('info'),
    warn: guarded('warn'),
    error: guarded('error'),
  }
}

/** It could not be done; the message says why, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

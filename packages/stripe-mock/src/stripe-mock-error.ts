/** stripe-mock could not be found, installed or started. The message says what to do. */
export class StripeMockError extends Error {
  override readonly name = 'StripeMockError'
}

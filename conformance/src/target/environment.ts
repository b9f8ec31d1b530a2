/** What a target is told when it starts. A spawned one finds it in its environment, by the names of HTTP protocol 1. */
export interface TargetEnvironment {
  /** `PORT`: the port of 127.0.0.1 to listen on; 0 for any. */
  readonly port: number
  /** `DATA_DIR`: an empty folder, kept over restarts. */
  readonly dataDirectory: string
  /** `STRIPE_API_BASE`: where calls to Stripe go. */
  readonly stripeApiBase: string
  /** `STRIPE_SECRET_KEY` */
  readonly stripeSecretKey: string
  /** `STRIPE_WEBHOOK_SECRETS`: a comma list. */
  readonly webhookSecrets: readonly string[]
  /** `CONFORMANCE_TOKEN`: what the endpoints under `/__conformance__` ask for. */
  readonly token: string
  /** `CONFORMANCE_VARIANT` */
  readonly variant: string
  /** `CONFORMANCE_BODY_TIMEOUT_MS`: how long the target is to wait for the body of a webhook, in milliseconds. Short, so that the suite need not wait long. */
  readonly bodyTimeoutMs: number
  /** Takes one log line. A spawned target writes to stdout. */
  readonly log: (line: string) => void
}

export const PROTOCOL = 1

/** Writes the environment of a spawned target. */
export function toProcessEnvironment(
  environment: TargetEnvironment,
): Record<string, string> {
  return {
    PORT: String(environment.port),
    DATA_DIR: environment.dataDirectory,
    STRIPE_API_BASE: environment.stripeApiBase,
    STRIPE_SECRET_KEY: environment.stripeSecretKey,
    STRIPE_WEBHOOK_SECRETS: environment.webhookSecrets.join(','),
    CONFORMANCE_TOKEN: environment.token,
    CONFORMANCE_PROTOCOL: String(PROTOCOL),
    CONFORMANCE_VARIANT: environment.variant,
    CONFORMANCE_BODY_TIMEOUT_MS: String(environment.bodyTimeoutMs),
  }
}

/** Reads the environment of a spawned target. Throws when it was not started by the suite. */
export function readProcessEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): TargetEnvironment {
  const read = (name: string): string => {
    const value = env[name]
    if (value) return value
    throw new Error(
      `${name} is not set: this program is a target of the conformance suite`,
    )
  }
  if (read('CONFORMANCE_PROTOCOL') !== String(PROTOCOL)) {
    throw new Error(
      `this target speaks protocol ${PROTOCOL}, not ${env.CONFORMANCE_PROTOCOL}`,
    )
  }
  return {
    port: Number(read('PORT')),
    dataDirectory: read('DATA_DIR'),
    stripeApiBase: read('STRIPE_API_BASE'),
    stripeSecretKey: read('STRIPE_SECRET_KEY'),
    webhookSecrets: read('STRIPE_WEBHOOK_SECRETS').split(','),
    token: read('CONFORMANCE_TOKEN'),
    variant: read('CONFORMANCE_VARIANT'),
    // An older suite does not say.
    bodyTimeoutMs: Number(env.CONFORMANCE_BODY_TIMEOUT_MS ?? 10_000),
    log: (line) => {
      process.stdout.write(`${line}\n`)
    },
  }
}

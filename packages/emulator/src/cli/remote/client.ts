import process from 'node:process'
import { CliError } from '../cli-error.ts'
import { DEFAULT_URL } from './default-url.ts'

/** Names and values of a form or a query; what is undefined is left out. */
type Form = Readonly<Record<string, string | number | undefined>>

/** An emulator that runs already. */
export interface Client {
  /** @throws CliError when it is not there, or refuses */
  readonly get: <T>(path: string, query?: Form) => Promise<T>
  /** @throws CliError when it is not there, or refuses */
  readonly post: <T>(path: string, form?: Form) => Promise<T>
}

/** @param url Default: `COUNTERSIGN_EMULATOR_URL`, or where one is unless told otherwise. */
export function connect(url?: string): Client {
  const base = (url ?? process.env.COUNTERSIGN_EMULATOR_URL ?? DEFAULT_URL).replace(
    /\/+$/,
    '',
  )
  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { authorization: 'Bearer sk_test_emulator' }
    const response = await fetch(base + path, { ...init, headers }).catch(() => undefined)
    if (response === undefined) {
      throw new CliError(
        `No emulator answers at ${base}. Start one with countersign-emulator, or say where it is with --url or COUNTERSIGN_EMULATOR_URL.`,
      )
    }
    const answer = await response.json().catch(() => undefined)
    if (response.ok && answer !== undefined) return answer as T
    const { message } =
      (answer as { error?: { message?: string } } | undefined)?.error ?? {}
    throw new CliError(message ?? `What answers at ${base} is no Countersign emulator.`)
  }
  return {
    get: (path, query = {}) => {
      const search = encoded(query).toString()
      return ask(search === '' ? path : `${path}?${search}`)
    },
    post: (path, form = {}) => ask(path, { method: 'POST', body: encoded(form) }),
  }
}

/** Whether a Countersign emulator answers there. */
export async function isEmulatorAt(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(1_000)
    const response = await fetch(`${url}/_emulator`, { signal })
    return typeof ((await response.json()) as { notice?: unknown }).notice === 'string'
  } catch {
    return false
  }
}

function encoded(form: Form): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    if (value !== undefined) params.set(name, String(value))
  }
  return params
}

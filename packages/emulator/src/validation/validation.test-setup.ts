// What the tests of validation ask of a description and of stripe-mock.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type StripeMock, startStripeMock } from '@countersign/stripe-mock'
import { afterAll } from 'vitest'
import type { DescribedOperation } from './description.ts'
import type { HashType, ParameterType } from './parameter-type.ts'

export type Pair = readonly [name: string, value: string]

export const encode = (pairs: readonly Pair[]): string =>
  pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')

/** What a type is satisfied with. */
export function valid(type: ParameterType | undefined, name: string): readonly Pair[] {
  switch (type?.kind) {
    case 'string':
      return [[name, 'x']]
    case 'enum':
      return [[name, type.values.find((value) => value !== '') ?? '']]
    case 'integer':
      return [[name, '1']]
    case 'number':
      return [[name, '1.5']]
    case 'boolean':
      return [[name, 'true']]
    case 'list':
      return valid(type.items, `${name}[0]`)
    case 'any':
      return type.options.length > 0 ? valid(type.options[0], name) : [[name, '']]
    case 'hash': {
      const needed = required(type, name)
      const [[first, property] = ['k', undefined]] = type.properties
      if (needed.length > 0) return needed
      return valid(property?.type ?? type.rest, `${name}[${first}]`)
    }
    default:
      return []
  }
}

/** The parameters that cannot be left out. */
export function required({ properties }: HashType, inside = ''): readonly Pair[] {
  return [...properties].flatMap(([name, { type, isRequired }]) =>
    isRequired ? valid(type, inside === '' ? name : `${inside}[${name}]`) : [],
  )
}

/** Values that mean something where any text would satisfy the description. */
const VALUES: Readonly<Record<string, string>> = {
  amount: '1000',
  currency: 'eur',
  query: "metadata['a']:'b'",
  url: 'https://example.com',
}

/** What has to be sent with an operation, with the ids of objects that exist. */
export function minimal(
  { parameters }: Pick<DescribedOperation, 'parameters'>,
  ids: Readonly<Record<string, string>> = {},
): readonly Pair[] {
  return required(parameters).map(([name, value]): Pair => {
    const last = name.replaceAll(']', '').split('[').at(-1) ?? ''
    const better =
      value === 'x' || value === '1' ? (ids[last] ?? VALUES[last]) : undefined
    return [name, better ?? value]
  })
}

export interface SentError {
  readonly code?: string
  readonly message?: string
  readonly param?: string
}

/** A request to an operation, to whoever stands at a URL. */
export async function send(
  url: string,
  { operation }: Pick<DescribedOperation, 'operation'>,
  encoded: string,
  ids: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly error: SentError }> {
  const [method = '', path = ''] = operation.split(' ')
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'x_1')
  const isGet = method === 'GET'
  const response = await fetch(url + target + (isGet && encoded ? `?${encoded}` : ''), {
    method,
    headers: {
      authorization: 'Bearer sk_test_123',
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(!isGet && { body: encoded }),
  })
  const text = await response.text()
  const { error = {} } = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, error }
}

let bare: Promise<StripeMock> | undefined
afterAll(async () => (await bare)?.stop())

/** A stripe-mock with no emulator in front of it. */
export async function stripeMockUrl(): Promise<string> {
  bare ??= startStripeMock()
  return (await bare).url
}

/** Runs many, a few at a time. */
export async function runAll(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = [...jobs].reverse()
  const work = async () => {
    for (let job = rest.pop(); job !== undefined; job = rest.pop()) await job()
  }
  await Promise.all(Array.from({ length: 16 }, work))
}

/** In front of the real stripe-mock; calls itself this version, and writes down what comes through. */
export async function startRelay(version: string) {
  const target = await stripeMockUrl()
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    seen.push(`${request.method} ${request.url} ${decodeURIComponent(body)}`.trim())
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'GET',
      headers: {
        authorization: 'Bearer sk_test_123',
        'content-type': request.headers['content-type'] ?? '',
      },
      ...(body !== '' && { body }),
    }).catch(() => undefined)
    if (answer === undefined) return void response.destroy()
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      'stripe-mock-version': version,
    })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, seen, close }
}

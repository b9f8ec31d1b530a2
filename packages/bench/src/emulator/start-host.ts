import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { EmulatorOptions } from '@countersign/emulator'

/** An emulator in a process of its own. */
export interface EmulatorHost {
  /** Without a slash at the end. */
  readonly url: string
  /** Calls it, and gives what it answers. Rejects for anything but a 200. */
  readonly call: (
    method: 'GET' | 'POST',
    path: string,
    params?: Readonly<Record<string, string>>,
  ) => Promise<Answered>
  /** Bytes of memory that the process occupies. */
  readonly rss: () => Promise<number>
  readonly stop: () => Promise<void>
}

interface Answered {
  readonly id: string
  readonly [field: string]: unknown
}

const file = fileURLToPath(new URL('host.ts', import.meta.url))

export async function startEmulatorHost(
  options: EmulatorOptions = {},
): Promise<EmulatorHost> {
  const child = fork(file, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the emulator ended with ${code}; why stands above`)
  })
  ended.catch(() => {})
  const [url] = await Promise.race([once(child, 'message'), ended])
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  return {
    url: String(url),
    call: (method, path, params = {}) => call(agent, String(url), method, path, params),
    async rss() {
      const heard = once(child, 'message')
      child.send('rss')
      const [bytes] = await Promise.race([heard, ended])
      return Number(bytes)
    },
    async stop() {
      agent.destroy()
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

let keys = 0

function call(
  agent: Agent,
  url: string,
  method: 'GET' | 'POST',
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const body =
      method === 'POST' ? Buffer.from(new URLSearchParams(params).toString()) : null
    const outgoing = request(url + path, {
      agent,
      method,
      headers: {
        authorization: 'Bearer sk_test_bench',
        ...(body !== null && {
          'content-length': body.length,
          'content-type': 'application/x-www-form-urlencoded',
          // As the SDK sends one with every POST.
          'idempotency-key': `bench-${keys++}`,
        }),
      },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
      })
    })
    outgoing.end(body)
  })
}

import http from 'node:http'
import type { StripeClient } from '@countersign/core'
import type { Steps } from './steps.ts'

/** What a process asks of others: Stripe's API, and a server that takes mail. */
export interface Outside {
  readonly stripe: StripeClient
  readonly sendMail: (key: string) => Promise<void>
}

export function connectOutside(port: number, steps: Steps): Outside {
  const agent = new http.Agent({ keepAlive: true })

  function ask(method: string, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request({ agent, port, method, path }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
        response.on('error', reject)
      })
      request.on('error', reject)
      request.end()
    })
  }

  async function rawRequest(method: string, path: string): Promise<unknown> {
    const { status, body } = await steps.around('refetch', () => ask(method, path))
    if (status === 200) return JSON.parse(body)
    throw Object.assign(new Error(`status ${status}`), { statusCode: status })
  }

  const stripe = { webhooks: {}, rawRequest }
  return {
    stripe,
    async sendMail(key) {
      const { status } = await ask('POST', `/mail?key=${encodeURIComponent(key)}`)
      if (status !== 200) throw new Error(`the mail server answered ${status}`)
    },
  }
}

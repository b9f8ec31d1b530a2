// What the READMEs show is what somebody can type: their code compiles against the packed
// packages, and that of the main one runs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import Stripe from 'stripe-23'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../conformance/src/runner/free-port.ts'
import { userEnvironment } from '../user-environment.ts'
import { type Consumer, createConsumer, run } from './consumer.ts'
import { readCodeBlocks } from './readme-code.ts'

const repository = new URL('../../', import.meta.url)
const docs = await readdir(new URL('docs', repository))
const readmes = [
  'README.md',
  'conformance/README.md',
  ...docs.map((file) => `docs/${file}`),
  ...(await publishedPackages()).map((folder) => `packages/${folder}/README.md`),
]

async function publishedPackages(): Promise<readonly string[]> {
  const published: string[] = []
  for (const folder of await readdir(new URL('packages', repository))) {
    const manifest = new URL(`packages/${folder}/package.json`, repository)
    const { private: isPrivate } = JSON.parse(await readFile(manifest, 'utf8'))
    if (!isPrivate) published.push(folder)
  }
  return published
}

let consumer: Consumer

beforeAll(async () => {
  consumer = await createConsumer('readme', {
    '@remix-run/node': '@remix-run/node',
    '@types/express': 'types-express-5',
    '@types/koa': 'types-koa-3',
    '@types/node': '@types/node',
    '@types/pg': '@types/pg',
    ajv: 'ajv',
    commander: 'commander',
    'drizzle-orm': 'drizzle-orm',
    express: 'express',
    koa: 'koa',
    kysely: 'kysely',
    pg: 'pg',
    'pg-boss': 'pg-boss',
    qs: 'qs',
    stripe: 'stripe-23',
    yaml: 'yaml',
  })
  for (const readme of readmes) {
    const folder = folderOf(readme)
    await mkdir(folder, { recursive: true })
    for (const { fileName, code } of await readCodeBlocks(new URL(readme, repository))) {
      await writeFile(join(folder, fileName), code)
    }
  }
})

afterAll(() => consumer.remove())

function folderOf(readme: string): string {
  return join(consumer.folder, readme.replaceAll('/', '-').replace('.md', ''))
}

it('the code of every README compiles', async () => {
  const { exitCode, output } = await consumer.tsc()
  expect(exitCode, output).toBe(0)
})

describe('the main README', () => {
  it('starts with an example of ten lines or fewer', async () => {
    const [first] = await readCodeBlocks(new URL('README.md', repository))
    expect(first?.code.trim().split('\n').length).toBeLessThanOrEqual(10)
  })

  it('has a first example that takes a signed event and refuses a forged one', async () => {
    const secret = 'whsec_cmVhZG1l'
    const port = await freePort()
    const child = spawn(process.execPath, ['server.ts'], {
      cwd: folderOf('README.md'),
      env: userEnvironment({ PORT: String(port), STRIPE_WEBHOOK_SECRET: secret }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    try {
      const payload = JSON.stringify({
        id: 'evt_1',
        object: 'event',
        type: 'invoice.paid',
        api_version: '2026-10-28.endive',
        created: Math.floor(Date.now() / 1000),
        livemode: false,
        data: { object: { id: 'in_readme', object: 'invoice' } },
      })
      const { webhooks } = new Stripe('sk_test_unused')
      const signature = webhooks.generateTestHeaderString({ payload, secret })
      const post = async (body: string) => {
        const response = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
          method: 'POST',
          headers: { 'stripe-signature': signature },
          body,
        })
        return `${response.status} ${await response.text()}`
      }
      await expect.poll(() => post(payload).catch(() => 'not up')).toMatch(/^200/)
      await expect.poll(() => printed).toBe('paid: in_readme\n')
      const forged = await post(payload.replace('in_readme', 'in_forged'))
      expect(forged).toBe('400 {"error":"signature_invalid"}')
      expect(printed).not.toContain('in_forged')
    } finally {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
  })

  it('has a configuration of the suite that makes a target conformant', async () => {
    const cli = join(
      consumer.folder,
      'node_modules/@countersign/conformance/dist/src/cli.js',
    )
    const { exitCode, output } = await run(folderOf('README.md'), process.execPath, [
      cli,
      'run',
      '--strict',
    ])
    expect(output).toMatch(/1 of 1 targets conformant/)
    expect(exitCode, output).toBe(0)
  })

  it('shows the matrix that the suite prints', async () => {
    const { stdout } = await run(fileURLToPath(repository), process.execPath, [
      'conformance/src/cli.ts',
      'run',
      '--config',
      'conformance/conformance.config.ts',
    ])
    const readme = await readFile(new URL('README.md', repository), 'utf8')
    const [, shown = ''] = /<!-- conformance -->\n```\n([\s\S]*?)```/.exec(readme) ?? []
    expect(
      withoutTimes(shown),
      'Paste what `npm run conformance` prints into README.md.',
    ).toBe(withoutTimes(stdout))
    // It builds the Next targets, if that has not been done.
  }, 180_000)
})

it('the suite runs under the oldest supported Node', async () => {
  const cli = 'node_modules/@countersign/conformance/dist/src/cli.js'
  const { exitCode, output } = await consumer.node(cli, 'list')
  expect(exitCode, output).toBe(0)
  expect(output).toContain('webhook.signature.accepts-valid')
})

it('the emulator runs under the oldest supported Node', async () => {
  const cli = 'node_modules/@countersign/emulator/dist/cli.js'
  // It starts, stripe-mock included, as far as an address that no machine has.
  const { exitCode, output } = await consumer.node(cli, '--host', '192.0.2.1')
  expect(output).toContain('192.0.2.1 is no address of this machine')
  expect(exitCode).toBe(1)
})

function withoutTimes(matrix: string): string {
  return matrix
    .replace(/ +\d+\.\d s$/gm, '')
    .replace(/in \d+\.\d s$/gm, '')
    .replace(/ +time$/m, '')
    .replace(/ +─+$/m, '')
    .trim()
}

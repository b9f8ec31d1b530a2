import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { findBinary } from '@countersign/stripe-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { clientOf, errorOf } from '../emulator.test-setup.ts'
import { type Emulator, startEmulator } from '../index.ts'

let folder: string
let program: string
let real: string
const problems: string[] = []
let emulators: readonly Emulator[]

/** Starts the real one, and writes down which process that is. */
async function writeProgram(run: string): Promise<void> {
  await writeFile(program, `#!/bin/sh\necho $$ > '${folder}/pid'\n${run}\n`)
  await chmod(program, 0o755)
}

async function pid(): Promise<number> {
  return Number(await readFile(join(folder, 'pid'), 'utf8'))
}

async function kill(): Promise<void> {
  process.kill(await pid(), 'SIGKILL')
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

const wait = { timeout: 5_000, interval: 10 }

// A shell script stands in for the binary, so that the test knows which process to kill.
describe.skipIf(process.platform === 'win32')('a crash of stripe-mock', () => {
  beforeAll(async () => {
    real = (await findBinary())?.path ?? ''
    folder = await mkdtemp(join(tmpdir(), 'crash-test-'))
    program = join(folder, 'stripe-mock')
    await writeProgram(`exec '${real}' "$@"`)
    vi.stubEnv('STRIPE_MOCK_BINARY', program)
    const onProblem = (line: string) => {
      problems.push(line)
    }
    emulators = await Promise.all([startEmulator({ onProblem }), startEmulator()])
  })
  afterAll(async () => {
    await Promise.all(emulators.map((one) => one.stop()))
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
  const client = (index = 0) => clientOf(emulators[index] as Emulator)

  it('is not noticed by a request that arrives after it', async () => {
    await kill()
    const customer = await client().customers.create({ email: 'a@example.com' })
    expect(customer.email).toBe('a@example.com')
    expect(problems).toEqual([
      expect.stringMatching(/^stripe-mock ended with SIGKILL; it is started again/),
      expect.stringMatching(/runs again/),
    ])
  })

  it('is not noticed by requests under way, of any emulator', async () => {
    const requests = [0, 1].flatMap((index) =>
      Array.from({ length: 20 }, (_, number) =>
        client(index).customers.create({ name: `${index} ${number}` }),
      ),
    )
    await kill()
    const customers = await Promise.all(requests)
    expect(new Set(customers.map(({ id }) => id)).size).toBe(40)
  })

  it('is survived when it happens again and again', async () => {
    for (const round of [1, 2, 3]) {
      await kill()
      await client().customers.create({ name: `${round}` })
    }
  })

  it('is said when there is no restart, and healed as soon as there is one', async () => {
    problems.length = 0
    await writeProgram('exit 3')
    await kill()
    const error = await errorOf(client().customers.create({}))
    expect(error).toMatchObject({ statusCode: 500, type: 'StripeAPIError' })
    expect(error.message).toMatch(/stripe-mock does not answer.*it ended with 3/s)
    expect(problems.join()).toContain('could not be started again')
    await writeProgram(`exec '${real}' "$@"`)
    await client().customers.create({})
    expect(problems.at(-1)).toContain('runs again')
  })

  it('is none when the last emulator stops', async () => {
    problems.length = 0
    const shared = await pid()
    const [first, second] = emulators
    await first?.stop()
    expect(isAlive(shared)).toBe(true)
    await client(1).customers.create({})
    await second?.stop()
    await vi.waitFor(() => expect(isAlive(shared)).toBe(false), wait)
    expect(problems).toEqual([])
    // One that starts later has one of its own again.
    emulators = [await startEmulator()]
    expect(await pid()).not.toBe(shared)
    await client().customers.create({})
  })
})

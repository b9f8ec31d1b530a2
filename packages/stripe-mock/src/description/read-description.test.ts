import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  findBinary,
  readDescription,
  StripeMockError,
  startStripeMock,
} from '../index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'description-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A description as it stands in the binary, its end at the start of a line. */
function embedded(version: string): string {
  const description = { components: { schemas: {} }, info: { version }, paths: {} }
  return JSON.stringify(description, null, 2)
}

async function fileOf(...parts: readonly (string | Buffer)[]): Promise<string> {
  const path = join(folder, `${parts.length}-${Math.random()}`)
  await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part))))
  return path
}

describe('readDescription', () => {
  it('reads the one that stripe-mock serves', async () => {
    const binary = await findBinary()
    const { info, paths, components } = await readDescription(binary?.path ?? '')
    expect(info.version).toBe('2026-08-26.dahlia')
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods))
    expect(operations).toHaveLength(594)
    expect(components.schemas).toHaveProperty('customer')
  })

  it('passes over that of beta features, wherever it stands', async () => {
    const noise = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x0a, 0x7d])
    const beta = embedded('2026-08-26.preview; some_beta=v1')
    const served = embedded('2026-08-26.dahlia')
    for (const order of [
      [beta, served],
      [served, beta],
    ]) {
      const path = await fileOf(noise, ...order.flatMap((one) => [one, noise]))
      expect((await readDescription(path)).info.version).toBe('2026-08-26.dahlia')
    }
  })

  it('says so when there is none', async () => {
    for (const path of [
      await fileOf('#!/bin/sh'),
      await fileOf('{\n  "components": {'),
      await fileOf(embedded('x.preview')),
    ])
      await expect(readDescription(path)).rejects.toThrow(StripeMockError)
  })
})

describe('findBinary', () => {
  it('installs nothing', async () => {
    const env = { HOME: folder, PATH: process.env.PATH }
    expect(await findBinary(env)).toBeUndefined()
  })
})

describe('the binary of one that runs already', () => {
  it('is found when it is the same release', async () => {
    const running = await startStripeMock()
    const env = { ...process.env, STRIPE_MOCK_URL: running.url }
    expect((await startStripeMock({ env })).binary).toBe(running.binary)
    const elsewhere = { STRIPE_MOCK_URL: running.url, HOME: folder, PATH: '' }
    expect((await startStripeMock({ env: elsewhere })).binary).toBeUndefined()
    await running.stop()
  })
})

// What a release adds for each platform, tried for the one that this is.
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPlatformPackage } from '../release/build-platform-package.ts'
import { packageNameOf, platforms } from '../release/platforms.ts'
import { type Consumer, createConsumer, run } from './consumer.ts'

let consumer: Consumer

beforeAll(async () => {
  consumer = await createConsumer('platform', {})
})

afterAll(() => consumer.remove())

const platform = platforms.find(
  ({ os, cpu }) => os === process.platform && cpu === process.arch,
)

it.runIf(platform)(
  'the stripe-mock of this platform is found as a package, without Go and without a cache',
  async () => {
    if (platform === undefined) return
    const folder = join(consumer.folder, 'node_modules', packageNameOf(platform))
    await buildPlatformPackage(platform, folder, '0.0.0')
    const { exitCode, output } = await run(
      consumer.folder,
      process.execPath,
      ['main.js'],
      {
        HOME: consumer.folder,
        PATH: '',
        STRIPE_MOCK_BINARY: '',
        STRIPE_MOCK_URL: '',
        XDG_CACHE_HOME: join(consumer.folder, 'cache'),
      },
    )
    expect(exitCode, output).toBe(0)
    expect(output).toBe('npm 0.203.0\n')
  },
  300_000,
)

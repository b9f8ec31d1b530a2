// What the adapters give fits the frameworks' own types, in every supported major, although
// no adapter imports one.
import { afterEach, expect, it } from 'vitest'
import { type Consumer, createConsumer } from './consumer.ts'

const common = {
  '@remix-run/node': '@remix-run/node',
  '@types/node': '@types/node',
  express: 'express',
  koa: 'koa',
  stripe: 'stripe-23',
}

let consumer: Consumer | undefined

afterEach(async () => {
  await consumer?.remove()
  consumer = undefined
})

it.each([
  [
    'Express 4, Koa 2, Next 15, Remix 2',
    { '@types/express': 'types-express-4', '@types/koa': 'types-koa-2', next: 'next-15' },
  ],
  [
    'Express 5, Koa 3, Next 16, Remix 2',
    { '@types/express': 'types-express-5', '@types/koa': 'types-koa-3', next: 'next-16' },
  ],
])('%s', async (_, links) => {
  consumer = await createConsumer('frameworks', { ...common, ...links })
  const { exitCode, output } = await consumer.tsc()
  expect(exitCode, output).toBe(0)
})

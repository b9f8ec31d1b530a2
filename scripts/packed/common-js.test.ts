// A CommonJS application can require() the packages from the oldest supported Node on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumer, createConsumer } from './consumer.ts'

let consumer: Consumer

beforeAll(async () => {
  consumer = await createConsumer('common-js', {
    '@types/node': '@types/node',
    express: 'express',
    stripe: 'stripe-23',
  })
})

afterAll(() => consumer.remove())

describe('a CommonJS application', () => {
  it('runs in JavaScript', async () => {
    const { exitCode, output } = await consumer.node('main.cjs')
    expect(exitCode, output).toBe(0)
    const line = output.split('\n').find((text) => text.startsWith('{')) ?? '{}'
    expect(JSON.parse(line)).toEqual({
      statuses: [200, 200, 400],
      paid: ['in_1'],
      functions: Array(5).fill('function'),
    })
  })

  it('compiles and runs in TypeScript', async () => {
    const compiled = await consumer.tsc()
    expect(compiled.exitCode, compiled.output).toBe(0)
    const { exitCode, output } = await consumer.node('compiled/main.cjs')
    expect(exitCode, output).toBe(0)
    expect(output).toContain(JSON.stringify({ statuses: [200], paid: ['in_1'] }))
  })
})

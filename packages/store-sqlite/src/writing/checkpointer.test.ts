import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createPath, deliveryOf, openStore } from '../store.test-setup.ts'

it('moves what is written from the log into the database, sooner than the event loop would', async () => {
  const path = createPath()
  const store = openStore(path)
  const body = new Uint8Array(16_000)
  let number = 0
  const write = () => {
    number += 1
    return store.record(deliveryOf(`evt_${number}`, { body }), 'received', { now: 0 })
  }
  for (let group = 0; group < 100; group++) {
    await Promise.all(Array.from({ length: 16 }, write))
  }
  for (let wait = 0; wait < 2_000 && statSync(path).size < 20_000_000; wait++) {
    await write()
    await pause(5)
  }
  expect(statSync(path).size).toBeGreaterThanOrEqual(20_000_000)
})

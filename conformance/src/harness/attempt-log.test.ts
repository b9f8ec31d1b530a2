import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AttemptLog } from './attempt-log.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attempts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const entry = { eventId: 'evt_1', type: 'invoice.paid', account: null, payload: {} }

it('counts the attempts of a key over restarts, whatever a crash has cut off', async () => {
  const first = new AttemptLog(folder)
  expect(first.add('a', entry)).toBe(1)
  expect(first.add('a', entry)).toBe(2)
  expect(first.add('b', entry)).toBe(1)
  await appendFile(join(folder, 'attempts.jsonl'), '\n["a",{"eventId":"evt_2')
  const second = new AttemptLog(folder)
  expect(second.of('a')).toEqual([entry, entry])
  expect(second.add('a', entry)).toBe(3)
  expect(new AttemptLog(folder).of('a')).toHaveLength(3)
})

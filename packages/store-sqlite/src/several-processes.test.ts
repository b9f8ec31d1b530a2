import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { createPath, rowsOf } from './store.test-setup.ts'

const PROCESSES = 4
const EVENTS = 150

/** Starts processes that begin together, and gives what each one has told at its end. */
async function runTogether(path: string): Promise<readonly string[][]> {
  const program = new URL('several-processes.test-setup.ts', import.meta.url)
  const children = Array.from({ length: PROCESSES }, () =>
    fork(program, [path, String(EVENTS)]),
  )
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL')
  })
  await Promise.all(children.map(hear))
  const told = children.map(hear)
  for (const child of children) child.send('go')
  return Promise.all(told)
}

async function hear(child: ChildProcess): Promise<string[]> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`A process ended with ${String(code)}.`)
  })
  const [message] = await Promise.race([once(child, 'message'), exited])
  return message
}

it('several processes open one file for the first time together, claim each event once, and their commits add up', async () => {
  const path = createPath()
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE application (event_id TEXT)')
  db.close()
  const claimed = (await runTogether(path)).flat()
  expect(claimed).toHaveLength(EVENTS)
  expect(new Set(claimed).size).toBe(EVENTS)
  expect(rowsOf(path, 'SELECT version FROM countersign_migrations')).toEqual([1])
  const states = rowsOf(path, 'SELECT state, count(*) FROM countersign_events GROUP BY 1')
  expect(states).toEqual([['processed', EVENTS]])
  expect(rowsOf(path, 'SELECT count(*) FROM countersign_effects')).toEqual([EVENTS])
  expect(rowsOf(path, 'SELECT count(DISTINCT event_id) FROM application')).toEqual([
    EVENTS,
  ])
  expect(rowsOf(path, 'SELECT count(*) FROM application')).toEqual([EVENTS])
})

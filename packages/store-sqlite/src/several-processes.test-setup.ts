// A process of several-processes.test.ts: it opens the store when it is told to, tries
// to process every event, and tells which ones it has got.
import { once } from 'node:events'
import process from 'node:process'
import { sqliteStore } from './index.ts'

const [path = '', events = '0'] = process.argv.slice(2)

process.send?.([])
await once(process, 'message')
const store = sqliteStore(path)
const claimed: string[] = []

async function processEvent(number: number): Promise<void> {
  const eventId = `evt_${number}`
  const result = await store.claim(
    {
      key: { livemode: false, account: '', eventId },
      type: 'invoice.paid',
      objectId: '',
      endpoint: undefined,
      created: 1,
      body: new TextEncoder().encode(eventId),
    },
    { now: 0, leaseMs: 60_000 },
  )
  if (result.status !== 'claimed') return
  claimed.push(eventId)
  const mark = { now: 1, handler: 'on', state: 'processed' } as const
  await store.commit(result.lease, mark, (tx, { effect }) => {
    effect(`once ${eventId}`)
    tx.prepare('INSERT INTO application (event_id) VALUES (?)').run(eventId)
  })
}

const numbers = Array.from({ length: Number(events) }, (_, number) => number)
await Promise.all(numbers.map(processEvent))
await store.close()
process.send?.(claimed)
process.disconnect?.()

// One of the threads of a campaign: takes a range of seeds, gives its result, until there is no more.
import { parentPort } from 'node:worker_threads'
import { runSeeds, type SeedRange } from './run-seeds.ts'

const port = parentPort
port?.on('message', async (range: SeedRange) => {
  port.postMessage(await runSeeds(range))
})

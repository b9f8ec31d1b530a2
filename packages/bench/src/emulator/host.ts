// A process of its own for one emulator: `host.ts <options as JSON>`, with a channel to its parent.
import process from 'node:process'
import { startEmulator } from '@countersign/emulator'

const emulator = await startEmulator(JSON.parse(process.argv[2] ?? '{}'))
process.on('message', (question) => {
  if (question === 'rss') process.send?.(process.memoryUsage().rss)
})
process.on('disconnect', () => process.exit())
process.send?.(emulator.url)

// Serves the target of a module in a process of its own: `node serve-target.ts MODULE`.
import process from 'node:process'
import { readProcessEnvironment, type Target } from '../../src/target.ts'

const { default: target } = (await import(String(process.argv[2]))) as { default: Target }
const { url, stop } = await target.start(readProcessEnvironment(process.env))
process.once('SIGTERM', () => {
  void stop().finally(() => process.exit())
})
process.stdout.write(`listening on ${new URL(url).port}\n`)

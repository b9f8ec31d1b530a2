// Runs in a process of its own: a Next server takes its configuration from the
// environment, and one process has only one.
import { createServer } from 'node:http'
import process from 'node:process'

/** Serves a built Next application in production mode, and prints where. */
export async function serve(next, dir) {
  const app = next({ dev: false, dir })
  await app.prepare()
  const server = createServer(app.getRequestHandler())
  server.listen(Number(process.env.PORT), '127.0.0.1', () => {
    process.stdout.write(`listening on ${server.address().port}\n`)
  })
  process.on('SIGTERM', () => process.exit(0))
}

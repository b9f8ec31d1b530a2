import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Below the ports that systems give to whoever asks for any, so that no other server takes it in the meantime. */
const FIRST = 20_000
const LAST = 32_000
const TRIES = 50

/** A port of 127.0.0.1 on which nobody listens at this moment. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = randomInt(FIRST, LAST)
    if ((await tryPort(port)) !== undefined) return port
  }
  const port = await tryPort(0)
  if (port === undefined) throw new Error('no port of 127.0.0.1 is free')
  return port
}

/** Gives the port when it can be listened on; 0 stands for any. */
async function tryPort(wanted: number): Promise<number | undefined> {
  const server = createServer()
  try {
    await once(server.listen(wanted, '127.0.0.1'), 'listening')
  } catch {
    return undefined
  }
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

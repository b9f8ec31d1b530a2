import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Connection } from './connection.ts'

const answer = (status: number) => `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`

it('is not used again once something came that nobody had asked for', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection')
  const connection = new Connection(new URL(`http://127.0.0.1:${port}`))
  const [socket] = (await accepted) as [Socket]
  socket.once('data', () => socket.write(answer(200)))
  const head = 'GET / HTTP/1.1\r\n'
  expect(await connection.send('GET', head, Buffer.alloc(0))).toMatchObject({
    status: 200,
  })
  expect(connection.isIdle).toBe(true)
  socket.write(answer(500))
  await vi.waitFor(() => expect(connection.isIdle).toBe(false))
})

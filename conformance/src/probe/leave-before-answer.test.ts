import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { leaveBeforeAnswer } from './leave-before-answer.ts'

it('sends the whole request, and is gone before the answer', async () => {
  let body = ''
  const server = createServer(async (request, response) => {
    for await (const chunk of request) body += chunk
    response.on('close', () => server.emit('left', response.writableFinished))
    server.emit('read')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const left = once(server, 'left')
  await leaveBeforeAnswer(
    `http://127.0.0.1:${port}`,
    {
      method: 'POST',
      path: '/hook',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from('{"whole":true}'),
      framing: 'content-length',
      cuts: [],
    },
    () => once(server, 'read'),
  )
  expect(await left).toEqual([false])
  expect(body).toBe('{"whole":true}')
})

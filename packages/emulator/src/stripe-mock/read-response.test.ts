import { describe, expect, it } from 'vitest'
import { readResponse } from './read-response.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const OK = 'HTTP/1.1 200 OK\r\n'

describe('an answer over HTTP/1.1', () => {
  it.each([
    ['with a length', `${OK}Content-Length: 5\r\nX-A: b\r\n\r\nhello`, 'hello'],
    ['with an empty body', `${OK}Content-Length: 0\r\n\r\n`, ''],
    [
      'in chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n\r\nworld\r\n0\r\n\r\n`,
      'hello\r\nworld',
    ],
    [
      'in chunks, with a trailer',
      `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n`,
      'hi',
    ],
    ['without a body', 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n', ''],
  ])('%s is whole with its last byte, and not before', (_, text, body) => {
    const whole = bytes(text)
    for (let length = 0; length < whole.length; length++)
      expect(readResponse(whole.subarray(0, length), 'GET', false)).toBeUndefined()
    const response = readResponse(whole, 'GET', false)
    expect(response?.body.toString('latin1')).toBe(body)
    expect(response?.isKeptAlive).toBe(true)
  })

  it('to a HEAD has no body, whatever length it names', () => {
    const response = readResponse(bytes(`${OK}Content-Length: 9\r\n\r\n`), 'HEAD', false)
    expect(response).toMatchObject({ status: 200, headers: { 'content-length': '9' } })
  })

  it('ends with its connection when nothing else says where', () => {
    const text = bytes(`${OK}X-A: b\r\n\r\nhel`)
    expect(readResponse(text, 'GET', false)).toBeUndefined()
    const response = readResponse(text, 'GET', true)
    expect(response?.body.toString()).toBe('hel')
    expect(response?.isKeptAlive).toBe(false)
  })

  it('may end its connection', () => {
    const text = bytes(`${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`)
    expect(readResponse(text, 'GET', false)?.isKeptAlive).toBe(false)
  })

  it('has the headers of one name in one', () => {
    const text = bytes(`${OK}X-A: b\r\nx-a: c\r\nContent-Length: 0\r\n\r\n`)
    expect(readResponse(text, 'GET', false)?.headers['x-a']).toBe('b, c')
  })

  it.each([
    'SSH-2.0-OpenSSH\r\n\r\n',
    `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${OK}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello`,
  ])('%j is none', (text) => {
    expect(() => readResponse(bytes(text), 'GET', false)).toThrow()
  })
})

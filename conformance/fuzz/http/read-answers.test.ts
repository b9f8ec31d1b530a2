import { describe, expect, it } from 'vitest'
import { readAnswers } from './read-answers.ts'

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const chunked =
  'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'

describe('readAnswers', () => {
  it.each([
    ['nothing', '', []],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', []],
    ['the first letters', 'HT', []],
    ['one', ok, [200]],
    ['several', ok + chunked + ok, [200, 400, 200]],
    ['an interim one before', `HTTP/1.1 100 Continue\r\n\r\n${ok}`, [200]],
    ['one that lasts until the end', 'HTTP/1.1 400 Bad Request\r\n\r\nrest', [400]],
    [
      'one to a HEAD before another',
      `HTTP/1.1 405 No\r\ncontent-length: 9\r\n\r\n${ok}`,
      [405, 200],
    ],
  ])('reads %s', (_, text, statuses) => {
    expect(readAnswers(text)).toEqual({ statuses, isGarbled: false })
  })

  it('sees what is no answer', () => {
    expect(readAnswers(`${ok}oops`)).toEqual({ statuses: [200], isGarbled: true })
  })
})

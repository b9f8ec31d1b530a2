/** The answers that can be seen in what a server has sent. */
export interface Answers {
  /** In order, without those of the 100s. */
  readonly statuses: readonly number[]
  /** Something stands there that is no answer. */
  readonly isGarbled: boolean
}

const HEAD = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/

/** Reads as many answers as have begun. */
export function readAnswers(text: string): Answers {
  const statuses: number[] = []
  let rest = text
  while (rest !== '') {
    const [head, status = '', headers = ''] = HEAD.exec(rest) ?? []
    if (head === undefined) return { statuses, isGarbled: !isBeginning(rest) }
    if (!status.startsWith('1')) statuses.push(Number(status))
    rest = rest.slice(head.length)
    const length = /^content-length: *(\d+)/im.exec(headers)?.[1]
    // To a HEAD there is an answer that only tells the length.
    if (length !== undefined && !rest.startsWith('HTTP/1.'))
      rest = rest.slice(Number(length))
    else if (/^transfer-encoding: *chunked/im.test(headers)) {
      const end = rest.indexOf('0\r\n\r\n')
      rest = end < 0 ? '' : rest.slice(end + 5)
    } else if (!rest.startsWith('HTTP/1.') && !status.startsWith('1')) rest = ''
  }
  return { statuses, isGarbled: false }
}

function isBeginning(text: string): boolean {
  return text.startsWith('HTTP/1.'.slice(0, text.length))
}

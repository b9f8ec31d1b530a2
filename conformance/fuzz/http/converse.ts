import { connect } from 'node:net'
import type { Delivery } from './delivery-steps.ts'
import { readAnswers } from './read-answers.ts'

export interface ConversationLimits {
  /** How many answers the sender waits for. */
  readonly answers: number
  /** How long a server may take until it answers or closes, in milliseconds. */
  readonly patienceMs: number
  /** The time to spread the pieces of a delivery over, in milliseconds, so that they arrive apart. */
  readonly spreadMs: number
}

/** Longer than a busy server takes to read, in milliseconds. */
const LONGEST_PAUSE_MS = 30

/** What came of one connection. */
export interface Conversation {
  readonly statuses: readonly number[]
  readonly text: string
  /** What no server may do to a sender, whatever was sent. */
  readonly problem?: string
}

/** How long a request that need not be answered is left open before the sender ends it, in milliseconds. Servers would give it minutes. */
const UNFINISHED_MS = 100

/** How long the connection of an answered request is still listened to, in milliseconds. */
const GRACE_MS = 50

/** Sends bytes over a connection of their own and waits until it is over. Never rejects. */
export function converse(
  port: number,
  { segments, ending }: Delivery,
  { answers, patienceMs, spreadMs }: ConversationLimits,
): Promise<Conversation> {
  const pauseMs = Math.min(LONGEST_PAUSE_MS, spreadMs / segments.length)
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let text = ''
    let problem: string | undefined
    let timer: NodeJS.Timeout | undefined

    function giveUpAfter(what: string): void {
      clearTimeout(timer)
      timer = setTimeout(() => {
        problem = `${what} within ${patienceMs} ms`
        socket.destroy()
      }, patienceMs)
    }
    function sendFrom(index: number): void {
      const segment = segments[index]
      if (!socket.writable) return
      if (segment === undefined) finish()
      // The system joins what follows at once. Of many pieces, some arrive apart anyway.
      else if (pauseMs < 1) {
        socket.write(segment, () => setImmediate(() => sendFrom(index + 1)))
      } else socket.write(segment, () => setTimeout(() => sendFrom(index + 1), pauseMs))
    }
    function finish(): void {
      if (ending === 'reset') socket.resetAndDestroy()
      else if (ending === 'end') end()
      else if (isAnswered()) end()
      else if (isForWebhook(segments)) giveUpAfter('it was not answered')
      else {
        clearTimeout(timer)
        timer = setTimeout(end, UNFINISHED_MS)
      }
    }
    function isAnswered(): boolean {
      return readAnswers(text).statuses.length >= answers
    }
    function end(): void {
      if (!socket.writableEnded) socket.end()
      clearTimeout(timer)
      // Whoever has answered may go on waiting for a body that nobody reads. That is its own affair.
      if (isAnswered()) timer = setTimeout(() => socket.destroy(), GRACE_MS)
      else giveUpAfter('the sender had ended, and it was neither answered nor closed')
    }

    giveUpAfter('it did not take in what was sent')
    socket.on('connect', () => sendFrom(0))
    socket.setEncoding('latin1').on('data', (data: string) => {
      text += data
      if (isAnswered()) end()
    })
    // A server may reset what it does not want to read. That is the end as well.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') problem = 'the connection was refused'
    })
    socket.on('close', () => {
      clearTimeout(timer)
      const { statuses, isGarbled } = readAnswers(text)
      if (isGarbled) problem ??= 'it was answered with something that is not HTTP'
      resolve({ statuses, text, ...(problem !== undefined && { problem }) })
    })
  })
}

/**
 * Whether the head of a request to the webhook was sent, which must be answered, whatever
 * follows. Any other is the framework's: some wait for the body before they say 404. Empty
 * lines before a request do not count.
 */
function isForWebhook(segments: readonly Buffer[]): boolean {
  const text = textOf(segments)
  return /^POST \/webhooks\/stripe[ ?]/.test(text) && text.includes('\r\n\r\n')
}

/** What was sent, as text of which each character is a byte, without empty lines before it. */
export function textOf(segments: readonly Buffer[]): string {
  return Buffer.concat(segments)
    .toString('latin1')
    .replace(/^[\r\n]+/, '')
}

import { BillingError } from '@countersign/core'

/** Comments, texts and quoted names may hold a `;` or a word that is none. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|\[[^\]]*\]?|\w+|\S/g
const COMMENT = /^(?:--|\/\*)/

const CONTROL = /^(?:BEGIN|COMMIT|END|ROLLBACK(?! TO\b| TRANSACTION TO\b))\b/
const TRIGGER = /^CREATE (?:TEMP |TEMPORARY )?TRIGGER\b/

/**
 * Refuses SQL that begins or ends the transaction that it runs in. Savepoints of its own
 * are allowed.
 *
 * @throws BillingError `transaction_closed`
 */
export function refuseTransactionControl(sql: string): void {
  let isInTrigger = false
  for (const words of firstWords(sql)) {
    if (isInTrigger) isInTrigger = !words.startsWith('END')
    else if (TRIGGER.test(words)) isInTrigger = true
    else if (CONTROL.test(words)) throw refused(words)
  }
}

/** Of each statement the words that it begins with, in upper case. */
function* firstWords(sql: string): Generator<string> {
  let words: string[] = []
  for (const [token] of sql.matchAll(TOKEN)) {
    if (COMMENT.test(token)) continue
    if (token === ';') {
      yield words.join(' ')
      words = []
    } else if (words.length < 3) {
      words.push(token.toUpperCase())
    }
  }
  yield words.join(' ')
}

function refused(words: string): BillingError {
  const [keyword = ''] = words.split(' ')
  return new BillingError(
    'transaction_closed',
    `${keyword} was not run: the transaction of context.transaction belongs to the store, which commits it after the callback and rolls it back when the callback throws. Use SAVEPOINT and ROLLBACK TO for a part of it.`,
  )
}
